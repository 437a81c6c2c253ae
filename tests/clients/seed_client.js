// 1. Start lesson generation
async function generateLesson(subject, topic, userId) {
    const response = await fetch('/lessons', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({
            subject: subject,
            topic: topic,
            user_id: userId,
            include_wikipedia: true
        })
    });
    
    const result = await response.json();
    return result.task_id;
}

// 2. Poll for completion
async function pollForCompletion(taskId) {
    while (true) {
        const response = await fetch(`/lessons/status/${taskId}`);
        const status = await response.json();
        
        if (status.status === 'completed') {
            return status.lesson_data;
        } else if (status.status === 'failed') {
            throw new Error(status.error_message);
        }
        
        // Wait 3 seconds before next poll
        await new Promise(resolve => setTimeout(resolve, 3000));
    }
}

// 3. Complete workflow
async function createLessonAsync(subject, topic, userId) {
    try {
        const taskId = await generateLesson(subject, topic, userId);
        const lessonData = await pollForCompletion(taskId);
        return lessonData;
    } catch (error) {
        console.error('Lesson generation failed:', error);
        throw error;
    }
}
