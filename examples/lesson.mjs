// Orders a lesson, says what becomes of it, and saves it as a page: node lesson.mjs english verbs
// npm install @pathshala/client; the house and the key stand in PATHSHALA_URL and PATHSHALA_KEY.
import {writeFile} from "node:fs/promises";
import {Client, TaskFailed} from "@pathshala/client";

const [subject = "english", topic = "verbs"] = process.argv.slice(2);
const house = new Client();
const {user_id} = await house.session(); // the key's user; none where the house asks for no keys

const {task_id} = await house.create({subject, topic, user_id: user_id ?? "node"});
for await (const change of house.watch(task_id)) console.log(`${change.progress.percent} % ${change.progress_message}`);

try {
  const lesson = await house.wait(task_id);
  const {name, content} = await house.file(subject, topic, "html", {version: lesson.version, language: lesson.language, level: lesson.level});
  await writeFile(name, Buffer.from(await content.arrayBuffer()));
  console.log(`${lesson.title}: ${name}`);
} catch (error) {
  if (!(error instanceof TaskFailed)) throw error;
  console.error(error.message, error.suggestion?.words ?? "");
  process.exitCode = 1;
}
