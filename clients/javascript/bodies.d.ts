// The bodies of requests and answers. Written by `scripts/clients`, from the description of the API; a test holds it to that.

/** Whom a lesson is for: pupils of about 6 to 10, 11 to 13 and 14 to 18 years, or grown people. */
export type Level = "primary" | "middle" | "secondary" | "adult";

/** Whom a lesson is shown to. */
export type View = "teacher" | "pupil";

/** The formats that a lesson can be had in, in the order in which they are preferred. */
export type LessonFormat = "json" | "html" | "md" | "gift" | "imscc" | "docx" | "pdf";

/** The sheets of a lesson: the pupil's has no answers, the teacher's has them and all that proves them. */
export type Sheet = "pupil" | "teacher" | "both";

/** One statement of the explanation, and the article's own words that it rests on; without: not from the source. */
export interface Statement {
  /** The statement, as the explanation has it. */
  text: string;
  /** The article's own words that it rests on. */
  quote: string | null;
}

/** How a question is answered: in own words, by a word in a gap, by one of its options, or by true or false. */
export type QuestionForm = "open" | "gap" | "choice" | "true_false";

/** A question with its answer, and the statements that prove it, by their places from 1 in `statements`. */
export interface LessonQuestion {
  /** How it is answered. */
  form: QuestionForm;
  /** The question. */
  text: string;
  /** The options of a choice, in the order in which they are shown. */
  options: Array<string>;
  /** The answer: for a choice, one of the options. */
  answer: string;
  /** The statements that prove it, by their places from 1. */
  proven_by: Array<number>;
}

/** Where an article is from: Wikipedia, the samples that the house ships, or the teacher who sent it along. */
export type ArticleSource = "wikipedia" | "sample" | "teacher";

/** Whose an article's picture is, and on what terms: its page, author and licence differ from the text's. */
export interface Picture {
  /** The page about the picture. */
  page: string;
  /** Who made it. */
  author: string;
  /** The name of its licence. */
  licence: string;
  /** The text of its licence. */
  licence_url: string | null;
}

/** An article as it was read, with all that its licence asks to be kept beside it. */
export interface Article {
  /** The title of the article's page. */
  title: string;
  /** Its text, as plain text, as far as it was read. */
  summary: string;
  /** The address of its page. */
  url: string | null;
  /** The titles of other articles that the search found. */
  related_articles: Array<string>;
  /** The address of a small picture. */
  thumbnail: string | null;
  /** The language that it is written in. */
  language: string;
  /** The page's revision that was read; 0 if it is no page's. */
  revision_id: number;
  /** The name of the licence of its text. */
  licence: string;
  /** Where it is from. */
  source: ArticleSource;
  /** When it was last compared with its page. */
  read_at: string | null;
  /** Whose the thumbnail is, and on what terms. */
  picture: Picture | null;
}

/** Why a lesson stands on no article. */
export type Absence = "not_requested" | "not_found" | "unavailable" | "timed_out";

/** The model's calls, tokens and cost, in `currency`. The cost is known only if prices are set. */
export interface Usage {
  /** The number of calls. */
  calls: number;
  /** The tokens that it read. */
  prompt_tokens: number | null;
  /** The tokens that it wrote. */
  completion_tokens: number | null;
  /** The time that its answers took. */
  seconds: number;
  /** The price, if prices are set. */
  cost: number | null;
  /** The currency of the cost. */
  currency: string | null;
}

/** The difficulty of the explanation by a published formula, and whether that fits the level of the order. */
export interface ReadingLevel {
  /** The name of the formula. */
  formula: string;
  /** What the formula gives for the explanation. */
  score: number;
  /** Whether the score fits the level of the order. */
  fits: boolean;
}

/** The parts of a lesson that can be written anew, each for itself. */
export type LessonPart = "title" | "objectives" | "verse" | "explanation" | "activity" | "questions";

/** A part that was written anew, and how. What the quality of a lesson says else is of the other parts. */
export interface RewrittenPart {
  /** The part. */
  part: LessonPart;
  /** The question, from 1, if it was one alone. */
  number?: number | null;
  /** What wrote it: openai (a language model) or offline. */
  writer: string;
  /** The name of the language model. */
  model: string | null;
  /** Whether it was written again after a check. */
  repaired: boolean;
  /** The version of the lesson plan that a model was given. */
  prompt_version: string | null;
  /** The calls of the language model for it, and their cost. */
  usage: Usage | null;
}

/** The origin of a lesson, told so that no lesson passes for what it is not. */
export interface Quality {
  /** What wrote it: openai (a language model) or offline (the built-in writer). */
  writer: string;
  /** The name of the language model. */
  model: string | null;
  /** Whether it stands on an article. */
  grounded: boolean;
  /** Why it stands on none of Wikipedia's. */
  ungrounded_reason: Absence | null;
  /** Whether the article is in English for want of one in the lesson's language. */
  article_fallback: boolean;
  /** Where the article is from. */
  source: ArticleSource | null;
  /** The fields that were written anew after a check. */
  repaired_fields: Array<string>;
  /** The fields that people changed since; left out if there are none. */
  edited_fields?: Array<string>;
  /** The checks that it passed; earlier and later versions may have others. */
  checks_passed: Array<string>;
  /** The version of the lesson plan that a model was given. */
  prompt_version: string | null;
  /** The calls of the language model, and their cost. */
  usage: Usage | null;
  /** How hard the explanation is to read. */
  reading_level: ReadingLevel | null;
  /** The parts that were written anew since. */
  rewritten?: Array<RewrittenPart>;
}

/** The event that keeps a version of a lesson: LessonStored, in the log of its task. */
export interface StoredEvent {
  /** Its id. */
  event_id: string;
  /** The SHA-256 of its bytes, in hex. */
  sha256: string;
}

/** One version of a lesson, as it is kept for good. */
export interface LessonVersion {
  /** The title of the lesson. */
  title: string;
  /** What a learner can do after it. */
  objectives: Array<string>;
  /** The verse that opens the lesson, in its own script. */
  shloka: string;
  /** The verse in Latin letters (IAST). */
  shloka_transliteration: string | null;
  /** The work and the place in it that the verse is from. */
  shloka_source: string;
  /** What the verse has to do with the topic. */
  shloka_connection: string | null;
  /** The verse in the language of the lesson. */
  translation: string;
  /** The text. A number in square brackets counts the statements that have a quote, from 1. */
  explanation: string;
  /** The statements of the explanation, each with the article's words that it rests on. */
  statements: Array<Statement>;
  /** Something to do, in a class or at home. */
  activity: string;
  /** The length of lesson and activity together. */
  minutes: number | null;
  /** What the activity needs. */
  materials: Array<string>;
  /** The first of the questions. */
  question: string;
  /** The questions, from easy to hard, with their answers. */
  questions: Array<LessonQuestion>;
  /** The article of Wikipedia's that it stands on. */
  wikipedia_info: Article | null;
  /** Where the article is from that it stands on. */
  source: ArticleSource | null;
  /** The article that it stands on, if it is not Wikipedia's. */
  source_info: Article | null;
  /** The language that it was ordered in. */
  language: string;
  /** Whom it is for. */
  level: Level;
  /** How it was made, told so that no lesson passes for what it is not. */
  quality: Quality;
  /** The version in the edition: 1.0, 1.1 and on. */
  version: string;
  /** The subject, as it was asked for. */
  subject: string;
  /** The topic, as it was asked for. */
  topic: string;
  /** The task that it was made by. */
  task_id: string;
  /** When it was stored. */
  created_at: string;
  /** The event that keeps it, so that a file of it can be verified. */
  stored: StoredEvent;
}

/** How a version came about: written anew, or made of an earlier version of its edition. */
export type HowMade = "generated" | "edited" | "rewritten" | "rolled_back";

/** The version that another one is made of, and how. */
export interface MadeOf {
  /** How the other one was made of it. */
  how: HowMade;
  /** The version that it is made of. */
  version: string;
  /** Why, in the words of who made it; null if nothing was said. */
  note: string | null;
}

/** A fault that a check finds in a part of a lesson. */
export interface CheckFinding {
  /** The check that finds it. */
  check: string;
  /** The field of the lesson that it is in. */
  part: string;
  /** What is wrong, for people: it goes on where the name of the part ends. */
  reason: string;
}

/** A check that a teacher overrules in a version, for good, and why. */
export interface Overruling {
  /** The check that is overruled. */
  check: string;
  /** Why, in the teacher's words. */
  reason: string;
}

/** The findings of the checks in a version that was changed by hand, and the checks that its editor overrules. */
export interface Examined {
  /** What the checks find, in the order of checks. */
  found: Array<CheckFinding>;
  /** The checks that the editor overrules. */
  overruled: Array<Overruling>;
}

/** One version that is made of an earlier one: who changed it, and what the checks find in it. */
export interface ChangedVersion {
  /** The title of the lesson. */
  title: string;
  /** What a learner can do after it. */
  objectives: Array<string>;
  /** The verse that opens the lesson, in its own script. */
  shloka: string;
  /** The verse in Latin letters (IAST). */
  shloka_transliteration: string | null;
  /** The work and the place in it that the verse is from. */
  shloka_source: string;
  /** What the verse has to do with the topic. */
  shloka_connection: string | null;
  /** The verse in the language of the lesson. */
  translation: string;
  /** The text. A number in square brackets counts the statements that have a quote, from 1. */
  explanation: string;
  /** The statements of the explanation, each with the article's words that it rests on. */
  statements: Array<Statement>;
  /** Something to do, in a class or at home. */
  activity: string;
  /** The length of lesson and activity together. */
  minutes: number | null;
  /** What the activity needs. */
  materials: Array<string>;
  /** The first of the questions. */
  question: string;
  /** The questions, from easy to hard, with their answers. */
  questions: Array<LessonQuestion>;
  /** The article of Wikipedia's that it stands on. */
  wikipedia_info: Article | null;
  /** Where the article is from that it stands on. */
  source: ArticleSource | null;
  /** The article that it stands on, if it is not Wikipedia's. */
  source_info: Article | null;
  /** The language that it was ordered in. */
  language: string;
  /** Whom it is for. */
  level: Level;
  /** How it was made, told so that no lesson passes for what it is not. */
  quality: Quality;
  /** The version in the edition: 1.0, 1.1 and on. */
  version: string;
  /** The subject, as it was asked for. */
  subject: string;
  /** The topic, as it was asked for. */
  topic: string;
  /** The task that it was made by. */
  task_id: string;
  /** When it was stored. */
  created_at: string;
  /** The event that keeps it, so that a file of it can be verified. */
  stored: StoredEvent;
  /** The user who changed it. */
  made_by: string;
  /** The version that it is made of. */
  made_of: MadeOf;
  /** What the checks find, and what is overruled, if it was changed by hand. */
  examined: Examined | null;
}

/** A question as pupils see it. A choice has its options in the order in which they are shown. */
export interface PupilQuestion {
  /** How it is answered. */
  form: QuestionForm;
  /** The question. */
  text: string;
  /** The options of a choice, in the order in which they are shown. */
  options: Array<string>;
}

/** The same for pupils: without any answer. */
export interface PupilVersion {
  /** The title of the lesson. */
  title: string;
  /** What a learner can do after it. */
  objectives: Array<string>;
  /** The verse that opens the lesson, in its own script. */
  shloka: string;
  /** The verse in Latin letters (IAST). */
  shloka_transliteration: string | null;
  /** The work and the place in it that the verse is from. */
  shloka_source: string;
  /** What the verse has to do with the topic. */
  shloka_connection: string | null;
  /** The verse in the language of the lesson. */
  translation: string;
  /** The text. A number in square brackets counts the statements that have a quote, from 1. */
  explanation: string;
  /** The statements of the explanation, each with the article's words that it rests on. */
  statements: Array<Statement>;
  /** Something to do, in a class or at home. */
  activity: string;
  /** The length of lesson and activity together. */
  minutes: number | null;
  /** What the activity needs. */
  materials: Array<string>;
  /** The first of the questions. */
  question: string;
  /** The questions, from easy to hard. */
  questions: Array<PupilQuestion>;
  /** The article of Wikipedia's that it stands on. */
  wikipedia_info: Article | null;
  /** Where the article is from that it stands on. */
  source: ArticleSource | null;
  /** The article that it stands on, if it is not Wikipedia's. */
  source_info: Article | null;
  /** The language that it was ordered in. */
  language: string;
  /** Whom it is for. */
  level: Level;
  /** How it was made, told so that no lesson passes for what it is not. */
  quality: Quality;
  /** The version in the edition: 1.0, 1.1 and on. */
  version: string;
  /** The subject, as it was asked for. */
  subject: string;
  /** The topic, as it was asked for. */
  topic: string;
  /** The task that it was made by. */
  task_id: string;
  /** When it was stored. */
  created_at: string;
  /** The event that keeps it, so that a file of it can be verified. */
  stored: StoredEvent;
}

/** A request for a lesson. Fields that are not known are ignored, and the answer's `warnings` name them. */
export interface LessonOrder {
  /** The subject. It stands in the lesson's address, so it has no slash. */
  subject: string;
  /** The topic within the subject. */
  topic: string;
  /** Who asks. */
  user_id: string;
  /** Whether the lesson is to stand on an article of Wikipedia's, if there is one. */
  include_wikipedia?: boolean;
  /** The language that the lesson is wanted in: a BCP 47 tag, such as en, hi or pt-BR. */
  language?: string;
  /** Whom the lesson is for: pupils of about 6 to 10, 11 to 13 or 14 to 18 years, or grown people. */
  level?: Level;
  /** An article of your own that the lesson is to stand on, as plain text, instead of Wikipedia's. It is cited and labelled as the teacher's. */
  source_text?: string | null;
  /** Where to POST the status when the task has ended, at least once, signed as Standard Webhooks says. An https address of the public internet, unless the house allows more. */
  callback_url?: string | null;
}

/** The state of a task. It moves down this list, and never leaves one of the last two. */
export type Status = "pending" | "in_progress" | "completed" | "failed";

/** The answer to a request: the task, and where to ask for it. */
export interface Accepted {
  /** The task. */
  task_id: string;
  /** Where the task stands. */
  status: Status;
  /** What was accepted, for people. */
  message: string;
  /** How long the lesson is going to take, for people. */
  estimated_completion_time: string;
  /** Where the task's status is. */
  poll_url: string;
  /** The fields of the order that are not known; left out if there are none. */
  warnings?: Array<string>;
}

/** An edition in a list over all lessons; title, task and time are those of its newest version. */
export interface ListedEntry {
  /** The language that the edition was ordered in. */
  language: string;
  /** The level that the edition was ordered for. */
  level: Level;
  /** Its newest version. */
  version: string;
  /** How many versions it has. */
  versions: number;
  /** Where its newest version is. */
  url: string;
  /** The subject of the lesson. */
  subject: string;
  /** The topic of the lesson. */
  topic: string;
  /** The title of its newest version. */
  title: string;
  /** When its newest version was stored. */
  created_at: string;
  /** The task that its newest version was made by. */
  task_id: string;
}

/** A page of editions, newest first. `next_cursor` asks for the page after this. */
export interface EditionList {
  /** The editions of this page, newest first. */
  editions: Array<ListedEntry>;
  /** What asks for the page after this; null on the last. */
  next_cursor: string | null;
}

/** The article that a lesson stands on, with the text in which its quotes have their places. */
export interface CitedArticle {
  /** The title of the article's page. */
  title: string;
  /** Its text as it was read, but for sentences that were left out of it. */
  text: string;
  /** The language that it is written in. */
  language: string;
  /** Where it is from. */
  source: ArticleSource;
  /** The page's revision that was read; 0 if it is no page's. */
  revision_id: number;
  /** The address of that revision. */
  revision_url: string | null;
  /** The name of the licence of its text. */
  licence: string;
}

/** A number in brackets, the statement that it stands behind, and the place of the quote in the article's text. */
export interface Citation {
  /** The number in brackets. */
  number: number;
  /** The statement's place among all statements, from 1. */
  statement: number;
  /** The statement. */
  text: string;
  /** The article's own words that it rests on. */
  quote: string;
  /** The place of the quote's first character. */
  start: number | null;
  /** The place behind its last character. */
  end: number | null;
}

/** The proof of a version: each number in brackets with the place of its quote; none without an article. */
export interface LessonProof {
  /** The subject of the lesson. */
  subject: string;
  /** The topic of the lesson. */
  topic: string;
  /** The language that the edition was ordered in. */
  language: string;
  /** The level that the edition was ordered for. */
  level: Level;
  /** The version in the edition: 1.0, 1.1 and on. */
  version: string;
  /** The task that it was made by. */
  task_id: string;
  /** The event that keeps it, so that a file of it can be verified. */
  stored: StoredEvent;
  /** The article that it stands on, if it does on one. */
  article: CitedArticle | null;
  /** All numbers in brackets, in their order. */
  citations: Array<Citation>;
}

/** A lesson in a pack: the newest of all editions, or of those in a language or for a level, or one version. */
export interface PackedLesson {
  /** The subject of the lesson. */
  subject: string;
  /** The topic of the lesson. */
  topic: string;
  /** The language that its edition was ordered in. */
  language?: string | null;
  /** The level that its edition was ordered for. */
  level?: Level | null;
  /** An older version of the edition. */
  version?: string | null;
}

/** An order for several lessons in one file. */
export interface PackOrder {
  /** A Common Cartridge 1.3, or Moodle's text format for questions. */
  format?: "imscc" | "gift";
  /** The title of the whole. */
  title?: string;
  /** Whether only versions count that a teacher approved: the newest of these. */
  approved?: boolean;
  /** The lessons, in this order. */
  lessons: Array<PackedLesson>;
}

/** Who approved a version, when, and why. */
export interface ApprovalEntry {
  /** The user. */
  by: string;
  /** When. */
  approved_at: string;
  /** Why, if that was said. */
  note: string | null;
}

/** How a version is rated: one rating a user counts. */
export interface RatingSummary {
  /** The mean of the stars; null if nobody rated it. */
  stars: number | null;
  /** The users who rated it. */
  count: number;
}

/** A version in a list, with the edition that it is one of. */
export interface VersionEntry {
  /** The version in the edition: 1.0, 1.1 and on. */
  version: string;
  /** The language that the edition was ordered in. */
  language: string;
  /** The level that the edition was ordered for. */
  level: Level;
  /** The title of the lesson. */
  title: string;
  /** When it was stored. */
  created_at: string;
  /** The task that it was made by. */
  task_id: string;
  /** Where this version is. */
  url: string;
  /** How it was made. */
  how: HowMade;
  /** The user who ordered or changed it. */
  made_by: string | null;
  /** The version that it was made of; null if of none. */
  made_of: string | null;
  /** Why it was changed, if that was said. */
  note: string | null;
  /** Its approval; null while it is a draft. */
  approved: ApprovalEntry | null;
  /** How it is rated. */
  rating: RatingSummary;
  /** What the checks find, if it was changed by hand. */
  found: Array<CheckFinding>;
  /** The checks that its editor overruled, and why. */
  overruled: Array<Overruling>;
}

/** An edition of a lesson: its newest version, and how many it has. */
export interface EditionEntry {
  /** The language that the edition was ordered in. */
  language: string;
  /** The level that the edition was ordered for. */
  level: Level;
  /** Its newest version. */
  version: string;
  /** How many versions it has. */
  versions: number;
  /** Where its newest version is. */
  url: string;
}

/** Versions of one edition of a lesson, newest first, and the editions that the lesson has. */
export interface VersionList {
  /** The subject of the lesson. */
  subject: string;
  /** The topic of the lesson. */
  topic: string;
  /** The language that the edition was ordered in. */
  language: string;
  /** The level that the edition was ordered for. */
  level: Level;
  /** The versions of this page, newest first. */
  versions: Array<VersionEntry>;
  /** What asks for the page after this, as `before`; null on the last. */
  next_before: string | null;
  /** The editions of the lesson, those that were stored last, newest first. */
  editions: Array<EditionEntry>;
}

/** The progress of a task, for machines. */
export interface TaskProgress {
  /** What is being done. */
  stage: "asked" | "reading" | "read" | "writing" | "storing" | "ended";
  /** The number of the attempt, where attempts are counted. */
  attempt: number | null;
  /** The number of attempts that there are, if it is known. */
  of: number | null;
  /** Why it has to wait: the code of what is in the way. */
  waiting_for: string | null;
  /** When the next try is, while it waits. */
  until: string | null;
  /** The share of its time that tasks lately took until here. */
  percent: number;
}

/** A lesson as a task yields it. */
export interface LessonData {
  /** The title of the lesson. */
  title: string;
  /** What a learner can do after it. */
  objectives: Array<string>;
  /** The verse that opens the lesson, in its own script. */
  shloka: string;
  /** The verse in Latin letters (IAST). */
  shloka_transliteration: string | null;
  /** The work and the place in it that the verse is from. */
  shloka_source: string;
  /** What the verse has to do with the topic. */
  shloka_connection: string | null;
  /** The verse in the language of the lesson. */
  translation: string;
  /** The text. A number in square brackets counts the statements that have a quote, from 1. */
  explanation: string;
  /** The statements of the explanation, each with the article's words that it rests on. */
  statements: Array<Statement>;
  /** Something to do, in a class or at home. */
  activity: string;
  /** The length of lesson and activity together. */
  minutes: number | null;
  /** What the activity needs. */
  materials: Array<string>;
  /** The first of the questions. */
  question: string;
  /** The questions, from easy to hard, with their answers. */
  questions: Array<LessonQuestion>;
  /** The article of Wikipedia's that it stands on. */
  wikipedia_info: Article | null;
  /** Where the article is from that it stands on. */
  source: ArticleSource | null;
  /** The article that it stands on, if it is not Wikipedia's. */
  source_info: Article | null;
  /** The language that it was ordered in. */
  language: string;
  /** Whom it is for. */
  level: Level;
  /** How it was made, told so that no lesson passes for what it is not. */
  quality: Quality;
  /** The version in the edition: 1.0, 1.1 and on. */
  version: string;
}

/** The body of an order that would do, as POST /lessons takes it. */
export interface SuggestedOrder {
  /** The subject. */
  subject: string;
  /** The topic within the subject. */
  topic: string;
  /** Who asks. */
  user_id: string;
  /** Whether an article of Wikipedia's is to be looked for. */
  include_wikipedia: boolean;
  /** The language that the lesson is wanted in. */
  language: string;
  /** Whom the lesson is for. */
  level: Level;
}

/** Another order instead of one that failed. `needs` names what only the person can add: `source_text`, say. */
export interface Suggestion {
  /** The suggestion, for people. */
  words: string;
  /** The body of the next order. */
  order: SuggestedOrder;
  /** The fields that only the person can add to it. */
  needs: Array<string>;
}

/** The status of a task. */
export interface TaskStatus {
  /** The task. */
  task_id: string;
  /** The number of the last change: in the ETag, and as the id in streams, it is the same. */
  change: number;
  /** Where the task stands: pending, then in_progress, then completed or failed for good. */
  status: Status;
  /** The same for machines. */
  progress: TaskProgress;
  /** What is happening now, for people. */
  progress_message: string;
  /** When the order was accepted. */
  created_at: string;
  /** When the task ended. */
  completed_at: string | null;
  /** Why it failed, for people. */
  error_message: string | null;
  /** Why it failed, for machines: docs/errors.md has all codes. */
  error_code: string | null;
  /** What the house could not read of this task; empty if all is well. */
  warnings: Array<string>;
  /** The subject, as it was asked for. */
  subject: string;
  /** The topic, as it was asked for. */
  topic: string;
  /** Where the lesson stays, once the task is completed. */
  lesson_url: string | null;
  /** The failed task that this one asks for anew, if it does. */
  retry_of?: string | null;
  /** The task that asks for this failed one anew, if there is one. */
  retried_as?: string | null;
  /** The lesson, once the task is completed. */
  lesson_data: LessonData | null;
  /** Another order that would do, if the order was the cause of the failure. */
  suggestion: Suggestion | null;
  /** When the task fails if it has not ended. */
  deadline: string;
}

/** A state of a task in a stream: what its status says, but for the lesson. */
export interface TaskChange {
  /** The task. */
  task_id: string;
  /** The number of the last change: in the ETag, and as the id in streams, it is the same. */
  change: number;
  /** Where the task stands: pending, then in_progress, then completed or failed for good. */
  status: Status;
  /** The same for machines. */
  progress: TaskProgress;
  /** What is happening now, for people. */
  progress_message: string;
  /** When the order was accepted. */
  created_at: string;
  /** When the task ended. */
  completed_at: string | null;
  /** Why it failed, for people. */
  error_message: string | null;
  /** Why it failed, for machines: docs/errors.md has all codes. */
  error_code: string | null;
  /** What the house could not read of this task; empty if all is well. */
  warnings: Array<string>;
  /** The subject, as it was asked for. */
  subject: string;
  /** The topic, as it was asked for. */
  topic: string;
  /** Where the lesson stays, once the task is completed. */
  lesson_url: string | null;
  /** The failed task that this one asks for anew, if it does. */
  retry_of?: string | null;
  /** The task that asks for this failed one anew, if there is one. */
  retried_as?: string | null;
}

/** An event of a task, at its place in the log. `gap_seconds` is the time since the one before, if that is known. */
export interface TaskEvent {
  /** Its place in the task's log, from 1. */
  position: number;
  /** When it was told. */
  time: string;
  /** The time since the event before. */
  gap_seconds: number | null;
  /** The service that told it. */
  service: string;
  /** Its type. */
  event: string;
  /** The attempt of the service that it tells of. */
  attempt: number | null;
  /** Its id; empty if this version cannot read it. */
  event_id: string;
  /** The id of the event that led to it. */
  causation_id: string | null;
  /** The event in a line, for people. */
  summary: string;
  /** All that it says; docs/schemas has the schema of each type. */
  data: Record<string, any>;
}

/** Tasks that match a filter, at most 1,000 of them; `more` says that there are more. */
export interface BulkAnswer {
  /** How many tasks match, up to 1,000: what `confirm` must be. */
  matched: number;
  /** Whether more match than that. */
  more: boolean;
  /** How many were cancelled or retried. */
  done: number;
}

/** A task in a list. */
export interface TaskEntry {
  /** The task. */
  task_id: string;
  /** The subject, as it was asked for. */
  subject: string;
  /** The topic, as it was asked for. */
  topic: string;
  /** Who asked. */
  user_id: string;
  /** Where the task stands: pending, then in_progress, then completed or failed for good. */
  status: Status;
  /** When the order was accepted. */
  created_at: string;
  /** When the task ended. */
  completed_at: string | null;
  /** Why it failed, for people. */
  error_message: string | null;
  /** Why it failed, for machines: docs/errors.md has all codes. */
  error_code: string | null;
  /** What the house could not read of this task; empty if all is well. */
  warnings: Array<string>;
  /** What is happening now, for people. */
  progress_message: string;
}

/** A page of tasks; the counts are over all that are kept. `next_cursor` asks for the page after this. */
export interface TaskList {
  /** That there is a list. */
  status?: "success";
  /** How many tasks the filters let through, on all pages. */
  total_tasks: number;
  /** The tasks of this page, newest first. */
  tasks: Array<TaskEntry>;
  /** How many of all tasks that are kept have each status. */
  status_counts: Record<string, number>;
  /** What asks for the page after this; null on the last. */
  next_cursor: string | null;
}

/** An order for one part of a version, which If-Match names, to be written anew by a wish. All else stays. */
export interface RewriteOrder {
  /** Who does it. With a key it may be left out: it is the key's. */
  user_id?: string | null;
  /** The part that is to be written anew. */
  part: LessonPart;
  /** With the part `questions`: the one question, from 1, that is meant. */
  question?: number | null;
  /** How the part is to be, in a few words. A model takes it as a hint on that part, and as no order for anything else; the offline writer refuses what it does not understand. */
  wish: string;
  /** Where to POST the status when the task has ended, at least once, signed as Standard Webhooks says. An https address of the public internet, unless the house allows more. */
  callback_url?: string | null;
}

/** A question with its answer. A choice has its answer among its options; only a choice has options. */
export interface EditedQuestion {
  /** How it is answered. */
  form: QuestionForm;
  /** The question. */
  text: string;
  /** The options of a choice. They are shown by the alphabet. */
  options?: Array<string>;
  /** The answer: of a choice one of its options, of a true or false one of these. */
  answer: string;
  /** The statements that prove it, by their places from 1. */
  proven_by?: Array<number>;
}

/** The fields of a lesson that are to be other than they are; those that are left out stay. */
export interface LessonChanges {
  /** The title of the lesson. */
  title?: string;
  /** What a learner can do after it. */
  objectives?: Array<string>;
  /** The verse that opens the lesson, in its own script. */
  shloka?: string;
  /** The verse in Latin letters (IAST). */
  shloka_transliteration?: string;
  /** The work and the place in it that it is from. */
  shloka_source?: string;
  /** What the verse has to do with the topic. */
  shloka_connection?: string;
  /** The verse in the language of the lesson. */
  translation?: string;
  /** The text. A number in square brackets cites that quote, from 1. */
  explanation?: string;
  /** Something to do, in a class or at home. */
  activity?: string;
  /** The length of lesson and activity together. */
  minutes?: number;
  /** What the activity needs. */
  materials?: Array<string>;
  /** The text of the first of the questions. */
  question?: string;
  /** The questions, from easy to hard, with their answers; at least one. */
  questions?: Array<EditedQuestion>;
}

/** A check that is overruled in the version, for good, and why. */
export interface OverruledCheck {
  /** The name of the check. */
  check: "on_topic" | "language" | "complete" | "own_voice" | "plain_text" | "evidence" | "own_words" | "true_to_article" | "fresh" | "reading_level" | "questions" | "answers" | "distractors" | "giveaways" | "gaps";
  /** Why, for everybody who reads the version. */
  reason: string;
}

/** An edit of the newest version of an edition, which If-Match names. */
export interface VersionEdit {
  /** Who does it. With a key it may be left out: it is the key's. */
  user_id?: string | null;
  /** The fields that are to be other than they are. */
  changes: LessonChanges;
  /** Why, for everybody who reads the versions. */
  note?: string | null;
  /** The checks whose findings are overruled in the new version. */
  overruled?: Array<OverruledCheck>;
}

/** A return to the content of an earlier version, by a new one. */
export interface RollBack {
  /** Who does it. With a key it may be left out: it is the key's. */
  user_id?: string | null;
  /** The version whose content the new one is to have. */
  version: string;
  /** Why, for everybody who reads the versions. */
  note?: string | null;
  /** The checks whose findings are overruled in the new version. */
  overruled?: Array<OverruledCheck>;
}

/** An edit as it is being made: the checks look at it, and nothing is kept. */
export interface DraftEdit {
  /** The fields that are to be other than they are. */
  changes: LessonChanges;
}

/** The word of the checks on a draft: what they find, which it passes, and how hard it is to read. */
export interface CheckedDraft {
  /** The version that the draft changes. */
  version: string;
  /** The fields that would be marked as changed by people. */
  edited_fields: Array<string>;
  /** What the checks find, in the order of checks. */
  found: Array<CheckFinding>;
  /** The checks that had something to judge and found it well. */
  passed: Array<string>;
  /** How hard the explanation is to read. */
  reading_level: ReadingLevel | null;
}

/** A run of a text that both have, or one of them. */
export interface DiffWords {
  /** Whether both have it, the first one alone, or the second one alone. */
  kind: "same" | "removed" | "added";
  /** The run, with its blanks. */
  text: string;
}

/** An item of a list that both have, or one of them. */
export interface DiffItem {
  /** Whether both have it, the first one alone, or the second one alone. */
  kind: "same" | "removed" | "added";
  /** The item: a text, or a statement or question with its fields. */
  value: any;
}

/** A field that differs. Texts have `words`, lists `items`; runs and items in the order of both. */
export interface FieldChange {
  /** The name of the field. */
  field: string;
  /** What the first one has; null if nothing. */
  before: any;
  /** What the second one has; null if nothing. */
  after: any;
  /** The words of both, of a text. */
  words?: Array<DiffWords>;
  /** The items of both, of a list. */
  items?: Array<DiffItem>;
}

/** The fields in which two versions of an edition differ, in the order of a lesson's fields. */
export interface VersionDiff {
  /** The one version. */
  before: string;
  /** The other version. */
  after: string;
  /** The fields that differ; none if the content is the same. */
  changes: Array<FieldChange>;
}

/** A teacher's word that a version is approved, or a draft again. */
export interface ApprovalOrder {
  /** Who does it. With a key it may be left out: it is the key's. */
  user_id?: string | null;
  /** Whether the version is approved from now on. */
  approved: boolean;
  /** Why, for everybody who reads the versions. */
  note?: string | null;
}

/** The words on a version. */
export interface VersionReview {
  /** The version. */
  version: string;
  /** Its approval; null while it is a draft. */
  approved: ApprovalEntry | null;
  /** How it is rated. */
  rating: RatingSummary;
}

/** A rating of a version. Of the same user's for it, the newest counts. */
export interface RatingOrder {
  /** Who does it. With a key it may be left out: it is the key's. */
  user_id?: string | null;
  /** 1 is poor, 5 is very good. */
  stars: number;
  /** Why, for everybody who reads the versions. */
  reason: string;
}

/** One user's rating of a version. */
export interface RatingEntry {
  /** Who rated it. */
  user_id: string;
  /** 1 is poor, 5 is very good. */
  stars: number;
  /** Why. */
  reason: string;
  /** When. */
  rated_at: string;
}

/** The words on a version, with the ratings that count, the newest first. */
export interface RatingList {
  /** The version. */
  version: string;
  /** Its approval; null while it is a draft. */
  approved: ApprovalEntry | null;
  /** How it is rated. */
  rating: RatingSummary;
  /** The newest of the ratings that count. */
  ratings: Array<RatingEntry>;
}

/** A row that cannot be ordered, why, and what would do instead. */
export interface RowRefused {
  /** The number of the row: in a table as a spreadsheet counts it, its head being row 1. */
  row: number;
  /** Why, for machines: `invalid_row` or `duplicate_row`. */
  error_code: string;
  /** Why, for people. */
  error_message: string;
  /** Another order that would do; null if only the person knows one. */
  suggestion: Suggestion | null;
}

/** The answer to an order: the set, where to watch it, and the rows that harm no other by being refused. */
export interface ClassSetAccepted {
  /** The class set. */
  set_id: string;
  /** What was accepted, for people. */
  message: string;
  /** How many rows are ordered. */
  accepted: number;
  /** The rows that cannot be ordered as they are. */
  refused: Array<RowRefused>;
  /** Where the set can be watched. */
  set_url: string;
  /** The fields or columns that are not known; left out if there are none. */
  warnings?: Array<string>;
}

/** A lesson of a class set. A row that cannot be ordered is refused by itself, and named in the answer. */
export interface ClassSetRow {
  /** The subject, as POST /lessons takes it. */
  subject?: any;
  /** The topic within the subject. */
  topic?: any;
  /** The language that the lesson is wanted in: a BCP 47 tag, such as en, hi or pt-BR. */
  language?: any;
  /** Whom the lesson is for: pupils of about 6 to 10, 11 to 13 or 14 to 18 years, or grown people. */
  level?: any;
  /** Whether the lesson is to stand on an article of Wikipedia's, if there is one. */
  include_wikipedia?: any;
  /** An article of your own that the lesson is to stand on, as plain text, instead of Wikipedia's. It is cited and labelled as the teacher's. */
  source_text?: any;
}

/** An order for many lessons. Fields that are not known are ignored, and the answer's `warnings` name them. */
export interface ClassSetOrder {
  /** Who asks. */
  user_id: string;
  /** What to call it. */
  title?: string | null;
  /** The most calls of language models that its lessons may take together; what is beyond is not ordered. */
  calls_max?: number | null;
  /** The most that these calls may cost, by the prices that the house knows, in its currency. */
  cost_max?: number | null;
  /** The lessons; rows are numbered from 1. */
  lessons: Array<ClassSetRow>;
}

/** Why nothing more of a set is ordered. */
export interface SetStopped {
  /** `cancelled`, `set_ceiling_reached` or `user_ceiling_reached`. */
  code: string;
  /** The same for people. */
  message: string;
}

/** A class set in a list. */
export interface ClassSetHead {
  /** The class set. */
  set_id: string;
  /** Who ordered it. */
  user_id: string;
  /** What it is called. */
  title: string | null;
  /** Whether anything more comes of it by itself. */
  status: "running" | "finished";
  /** Why not all of it is ordered, if it is not. */
  stopped: SetStopped | null;
  /** How many rows it has. */
  rows: number;
  /** When it was ordered. */
  created_at: string;
  /** When all its tasks had ended. */
  finished_at: string | null;
  /** Where it is. */
  set_url: string;
}

/** A page of class sets, newest first. `next_cursor` asks for the page after this. */
export interface ClassSetList {
  /** The sets of this page. */
  class_sets: Array<ClassSetHead>;
  /** What asks for the page after this; null on the last. */
  next_cursor: string | null;
}

/** How far a row is: `refused` is one that cannot be ordered, or is not any more, and `waiting` one yet to be. */
export type ItemStatus = "refused" | "waiting" | "pending" | "in_progress" | "completed" | "failed";

/** The spending on language models that a set may have, and has had. */
export interface SetCeiling {
  /** The most calls. */
  calls_max: number | null;
  /** The calls that are logged. */
  calls: number;
  /** The calls that are left. */
  calls_left: number | null;
  /** The most that they may cost. */
  cost_max: number | null;
  /** What they cost, by the prices that the house knows. */
  cost: number;
  /** What is left of that. */
  cost_left: number | null;
  /** The currency of the prices. */
  currency: string;
}

/** A row of a class set, and how it stands. */
export interface ClassSetItem {
  /** The number of the row. */
  row: number;
  /** The subject, as it was asked for. */
  subject: string;
  /** The topic, as it was asked for. */
  topic: string;
  /** The language, as it was asked for. */
  language: string;
  /** The level, as it was asked for. */
  level: string;
  /** `refused`: not ordered, or not any more; `waiting`: to be ordered; else the status of its task. */
  status: ItemStatus;
  /** What is happening now, for people, while it is worked on. */
  progress_message: string | null;
  /** Its task, the last one if it was ordered more than once. */
  task_id: string | null;
  /** Where the task's status is, for an hour after its end. */
  status_url: string | null;
  /** The version of its edition that the task made. */
  version: string | null;
  /** Where that version stays. */
  lesson_url: string | null;
  /** Why it was refused or failed, for machines. */
  error_code: string | null;
  /** Why, for people. */
  error_message: string | null;
  /** Another order that would do: send its `order` to /class-sets/{set_id}/items/{row}. */
  suggestion: Suggestion | null;
}

/** A class set, row by row. */
export interface ClassSetStatus {
  /** The class set. */
  set_id: string;
  /** Who ordered it. */
  user_id: string;
  /** What it is called. */
  title: string | null;
  /** Whether anything more comes of it by itself. */
  status: "running" | "finished";
  /** Why not all of it is ordered, if it is not. */
  stopped: SetStopped | null;
  /** How many rows it has. */
  rows: number;
  /** When it was ordered. */
  created_at: string;
  /** When all its tasks had ended. */
  finished_at: string | null;
  /** Where it is. */
  set_url: string;
  /** The share of rows of which nothing more comes. */
  percent: number;
  /** How many rows have each status. */
  counts: Record<string, number>;
  /** What it may spend on language models, and has. */
  ceiling: SetCeiling;
  /** The rows, in their order. */
  items: Array<ClassSetItem>;
  /** Where its completed lessons are, in one file. */
  pack_url: string;
}

/** The order that a row is to have instead: the `order` of its suggestion, say. Other fields are ignored. */
export interface ItemOrder {
  /** The subject, as POST /lessons takes it. */
  subject: string;
  /** The topic within the subject. */
  topic: string;
  /** The language that the lesson is wanted in: a BCP 47 tag, such as en, hi or pt-BR. */
  language?: string;
  /** Whom the lesson is for: pupils of about 6 to 10, 11 to 13 or 14 to 18 years, or grown people. */
  level?: Level;
  /** Whether the lesson is to stand on an article of Wikipedia's, if there is one. */
  include_wikipedia?: boolean;
  /** An article of your own that the lesson is to stand on, as plain text, instead of Wikipedia's. It is cited and labelled as the teacher's. */
  source_text?: string | null;
}

/** The formats of a pack: everything on paper and for platforms, or one file for a platform. */
export type PackFormat = "zip" | "imscc" | "gift";

/** The roles of callers, each of which may do what the ones before may. */
export type Role = "user" | "teacher" | "operator";

/** Who asks, as the house knows it. */
export interface SessionBody {
  /** Whether the house asks for keys at all. */
  auth: "keys" | "off";
  /** The key's user; null where no keys are asked for. */
  user_id: string | null;
  /** What it may do: users order and see their own, operators all. */
  role: Role;
}

/** A token by which a browser watches one task, since its EventSource can send no header. */
export interface StreamToken {
  /** Stands in the address of the stream, as `token`. It opens nothing else. */
  token: string;
  /** No stream begins with it after that; one that has begun goes on. */
  expires_at: string;
}
