// Uses in Node what the package has besides the page's client. Tells what it saw in JSON.
import {Client, Problem, TaskFailed, WebhookRefused, verified} from "@pathshala/client";

const [, , secret, ...webhooks] = process.argv;
const house = new Client(); // by PATHSHALA_URL
const user_id = "whole";

const {task_id} = await house.create({subject: "science", topic: "comets", user_id});
const lesson = await house.wait(task_id);
const tamil = await house.create({subject: "science", topic: "comets", user_id, language: "ta"});
const failed = await house.wait(tamil.task_id).catch((error) => error);
const set = await house.classSets.createOfTable("subject,topic,level\nscience,stars,middle\nscience,comets,midle\n", {user_id: "mira"});
const mended = await house.classSets.mend(set.set_id, 3, {subject: "science", topic: "planets"});
const ended = await house.classSets.wait(set.set_id);
const other = await house.classSets.create({user_id: "mira", lessons: [{subject: "science", topic: "stars"}]});
const states = [];
for await (const {status} of house.classSets.watch(other.set_id)) states.push(status);
const editions = [];
for await (const {subject, topic} of house.eachLesson()) if (subject === "science") editions.push(topic);
let tasks = 0;
for await (const {user_id: whose} of house.eachTask({user_id})) tasks += Number(whose === user_id);

console.log(JSON.stringify({
  title: lesson.title.length > 0,
  failed: failed instanceof TaskFailed && [failed.code, failed.suggestion.order.language],
  refused: set.refused.map(({row}) => row),
  mended: mended.row,
  counts: ended.counts.completed,
  pack: (await house.classSets.pack(set.set_id)).name.replace(/-\d.*\d/, ""),
  gift: (await house.pack({format: "gift", title: "All", lessons: [{subject: "science", topic: "comets"}]})).name,
  last: states.at(-1),
  sets: (await house.classSets.list({user_id: "mira"})).class_sets.length,
  rows: (await house.classSets.get(set.set_id)).items.length,
  retry: (await house.classSets.retry(set.set_id)).matched,
  none: await house.classSets.cancel("none").catch((error) => error instanceof Problem && error.code),
  editions: editions.sort(),
  tasks,
  stopped: await house.wait(task_id, {signal: AbortSignal.abort("enough")}).catch((reason) => reason),
  webhooks: await Promise.all(webhooks.map(async (one) => {
    const {body, headers} = JSON.parse(one);
    return verified(body, headers, secret).then(({identity}) => identity, (error) => error instanceof WebhookRefused && error.message);
  })),
}));
