import {Client, TaskFailed, verified} from "@pathshala/client";

const house = new Client({base: "https://house.example", key: "ps_..."});

export async function titleOf(subject: string, topic: string): Promise<string> {
  const {task_id} = await house.create({subject, topic, user_id: "asha"});
  for await (const change of house.watch(task_id)) console.log(change.progress_message.trim());
  try {
    return (await house.wait(task_id)).title;
  } catch (error) {
    if (error instanceof TaskFailed && error.suggestion) return error.suggestion.order.topic;
    throw error;
  }
}

export async function readOf(set: string): Promise<number> {
  const {counts} = await house.classSets.wait(set);
  return counts.completed ?? 0;
}

export const statusOf = async (body: string, headers: Headers) => (await verified(body, headers, "whsec_")).task.status satisfies string;

// @ts-expect-error: a lesson has a topic
void house.create({subject: "english", user_id: "asha"});
// @ts-expect-error: there is no such level
void house.classSets.mend("set", 1, {subject: "english", topic: "verbs", level: "middling"});
