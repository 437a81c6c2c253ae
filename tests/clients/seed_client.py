import requests
import time

def generate_lesson_async(subject, topic, user_id, base_url="http://192.168.0.70:8000"):
    # Start generation
    response = requests.post(f"{base_url}/lessons", json={
        "subject": subject,
        "topic": topic,
        "user_id": user_id,
        "include_wikipedia": True
    })
    
    task_id = response.json()["task_id"]
    
    # Poll for completion
    while True:
        status_response = requests.get(f"{base_url}/lessons/status/{task_id}")
        status_data = status_response.json()
        
        if status_data["status"] == "completed":
            return status_data["lesson_data"]
        elif status_data["status"] == "failed":
            raise Exception(status_data["error_message"])
        
        time.sleep(3)
