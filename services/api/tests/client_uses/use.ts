// Orders a lesson and reads its task, by the types that were generated. Prints what it saw as JSON.
import createClient from "openapi-fetch";
import type { components, paths } from "./api.js";

declare const process: { argv: string[] };

const client = createClient<paths>({ baseUrl: process.argv[2] ?? "" });
const order: components["schemas"]["LessonOrder"] = {
  subject: "english",
  topic: "verbs",
  user_id: "typescript",
  include_wikipedia: true,
  language: "en",
  level: "middle",
};

// @ts-expect-error a level that there is not
const wrong: typeof order = { ...order, level: "expert" };

const accepted = await client.POST("/lessons", { body: order });
if (!accepted.data) throw new Error(`refused: ${wrong.level}`);
const path = { task_id: accepted.data.task_id };
const task = await client.GET("/lessons/status/{task_id}", { params: { path } });
const unknown = await client.GET("/lessons/{subject}/{topic}", { params: { path: { subject: "none", topic: "none" } } });
const status: "pending" | "in_progress" | "completed" | "failed" | undefined = task.data?.status;
console.log(JSON.stringify({ status, subject: task.data?.subject, refused: unknown.error?.code }));
