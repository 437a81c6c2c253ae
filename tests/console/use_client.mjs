// Uses the client in Node: orders a lesson and reads it, or follows a task that is named. Tells what it saw in JSON.
import {createServer} from "node:http";
import {Client, Problem, Unreachable} from "@pathshala/client";

const NOWHERE = "http://127.0.0.1:9";
const [, , base, task] = process.argv;
const house = new Client({base, key: "ignored where no keys are asked for"});
const order = {subject: "english", topic: "verbs", user_id: "node"};

console.log(JSON.stringify(await (task ? followed() : ordered())));

async function followed() {
  const links = new Set();
  let last = null;
  for await (const change of house.watch(task, {onLink: (link) => links.add(link)})) {
    console.log(change.progress.waiting_for ?? change.status);
    last = change;
  }
  return {links: [...links].sort(), ended: last.status};
}

async function ordered() {
  const once = await house.create(order, {idempotencyKey: "one"});
  const twice = await house.create(order, {idempotencyKey: "one"});
  for await (const change of house.watch(once.task_id)) if (change.status === "completed") break;
  const {lesson_data: lesson} = await house.task(once.task_id);
  const read = await house.lesson("english", "verbs", {language: "en", level: "middle"});
  const {editions} = await house.lessons({words: "verbs"});
  const {versions} = await house.versions("english", "verbs");
  const proof = await house.proof("english", "verbs");
  return {
    one: once.task_id === twice.task_id,
    title: lesson.title === read.title,
    editions: editions.length,
    versions: versions.length,
    cited: proof.citations.length > 0,
    file: (await house.file("english", "verbs", "md")).name,
    refused: await house.lesson("no", "lesson").catch((error) => error instanceof Problem && error.code),
    nobody: await new Client({base: NOWHERE}).ask("GET", "/").catch((error) => error instanceof Unreachable),
    auth: (await house.session()).auth,
    keys: await keysOfAnOrderAmidRestarts(),
  };
}

/** How many keys came with one order to a proxy whose house is away at first: the order is sent until it is taken. */
async function keysOfAnOrderAmidRestarts() {
  const answers = [502, 504, 202], keys = [];
  const proxy = createServer((request, answer) => {
    keys.push(request.headers["idempotency-key"]);
    answer.writeHead(answers.shift(), {"content-type": "application/json", "retry-after": "0"}).end("{}");
  });
  await new Promise((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  await new Client({base: `http://127.0.0.1:${proxy.address().port}`}).create(order);
  proxy.close();
  proxy.closeAllConnections();
  return [keys.length, new Set(keys).size];
}
