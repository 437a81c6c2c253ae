"""The questions of a lesson on an article, from easy to hard; each answer stands in a statement that it tells. Pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import NamedTuple

from pathshala_common.checks.draft import Asking
from pathshala_common.contract.lesson import Article, Level, QuestionForm, primary_language
from pathshala_common.text.content import VERDICTS
from pathshala_common.text.dissection import dissected
from pathshala_generator.offline.cloze import askable, filled
from pathshala_generator.offline.gap_terms import Kind, Term, reason_in
from pathshala_generator.offline.rivals import rivals, weight
from pathshala_generator.offline.voice import INNER_QUOTES, Voice

QUESTIONS_MIN = 3
BY_LEVEL: Mapping[Level, Sequence[QuestionForm]] = {
    Level.PRIMARY: (QuestionForm.CHOICE, QuestionForm.TRUE_FALSE),
    Level.MIDDLE: (QuestionForm.CHOICE, QuestionForm.TRUE_FALSE, QuestionForm.GAP),
    Level.SECONDARY: (QuestionForm.CHOICE, QuestionForm.TRUE_FALSE, QuestionForm.GAP),
    Level.ADULT: (QuestionForm.CHOICE, QuestionForm.TRUE_FALSE, QuestionForm.GAP),
}
"""The questions before the open ones."""
CENTRAL_WEIGHT = 2
"""An article speaks of its main things more than once; a statement that is turned wrong by others is just absurd."""
OLDER = frozenset({Level.SECONDARY, Level.ADULT})


class Told(NamedTuple):
    """A fact as the lesson tells it, and its place among the statements, from 1."""

    text: str
    place: int
    leans: bool = False


def questions(told: Sequence[Told], article: Article, voice: Voice) -> tuple[Asking, ...]:
    """Ask for what the facts tell, the definition first; at least one question, and three if they allow it."""
    return tuple(_Asker(told, article, voice).ask())


def each_question(told: Sequence[Told], article: Article, voice: Voice) -> Iterator[Asking]:
    """Ask all that can be asked of each fact, in every form."""
    return _Asker(told, article, voice).ask_all()


@dataclass(slots=True)
class _Asker:
    """Asks about each fact once, and at last for the whole."""

    told: Sequence[Told]
    article: Article
    voice: Voice
    unused: list[Told] = field(default_factory=list)

    def ask(self) -> Iterator[Asking]:
        """Ask, from easy to hard; nothing about a fact that is the answer to an open question."""
        opens = self._opens()
        answers = {asked.proven_by[0] for asked in opens}
        free = [fact for fact in self.told if fact.place not in answers]
        ranked = sorted(self.voice.lot.round("asking", free), key=self._worth) if free else []
        self.unused = [fact for fact in ranked if not fact.leans]
        makers = {QuestionForm.CHOICE: self._choice, QuestionForm.TRUE_FALSE: self._claim, QuestionForm.GAP: self._gap}
        if self.voice.lot.draw("truth", (False, False, True)):
            makers[QuestionForm.TRUE_FALSE] = self._truth
        easy = [asked for form in BY_LEVEL[self.voice.level] if (asked := self._about_one(makers[form]))]
        self.unused += [
            fact for fact in ranked if fact.leans
        ]  # for want of others: the explanation says what they lean on
        while len(easy) + len(opens) < QUESTIONS_MIN and (more := self._about_one(self._gap, self._truth)):
            easy.append(more)
        easy.sort(key=lambda asked: BY_LEVEL[Level.MIDDLE].index(asked.form))
        yield from (*easy, *opens)

    def ask_all(self) -> Iterator[Asking]:
        """Ask whatever can be asked, each fact by itself."""
        yield self._definition()
        makers = (self._choice, self._claim, self._truth, self._gap, self._reason, self._link)
        yield from (asked for fact in self.told for make in makers if not fact.leans and (asked := make(fact)))

    def _about_one(self, *makers: Callable[[Told], Asking | None]) -> Asking | None:
        """Ask about the first fact that is good for it, and use it up."""
        for make, fact in product(makers, self.unused):
            if asked := make(fact):
                self.unused.remove(fact)
                return asked
        return None

    def _choice(self, fact: Told) -> Asking | None:
        for term in self._terms(fact):
            others = self._rivals(term, fact)
            if others:
                text = self._say("choice", self.voice.words.questions.choice, cloze=filled(fact.text, term))
                return _asking(QuestionForm.CHOICE, text, term.text, fact, options=(term.text, *others))
        return None

    def _gap(self, fact: Told) -> Asking | None:
        for term in self._terms(fact):
            words = self.voice.words.questions
            texts = words.number if term.kind is Kind.NUMBER else words.name
            text = self._say("gap", texts, cloze=filled(fact.text, term))
            return _asking(QuestionForm.GAP, text, term.text, fact)
        return None

    def _claim(self, fact: Told) -> Asking | None:
        """Ask whether a fact is true in which a term has a wrong one in its place."""
        for term in self._terms(fact):
            others = [
                other for other in self._rivals(term, fact) if term.kind is not Kind.NAMED or self._is_central(other)
            ]
            if others and (term.kind is not Kind.NAMED or self._is_central(term.text)):
                return self._verdict(filled(fact.text, term, others[0]), "false", fact)
        return None

    def _truth(self, fact: Told) -> Asking | None:
        """Ask whether a fact is true, unless that is what it speaks of."""
        return None if VERDICTS & set(dissected(fact.text).words) else self._verdict(fact.text, "true", fact)

    def _verdict(self, claim: str, answer: str, fact: Told) -> Asking:
        text = self._say("claim", self.voice.words.questions.claim, claim=claim)
        return _asking(QuestionForm.TRUE_FALSE, text, answer, fact)

    def _opens(self) -> list[Asking]:
        """Ask for a reason or a connection, and older learners for the definition before it."""
        hard = next(filter(None, (*map(self._reason, self.told), *map(self._link, self.told[1:]))), None)
        needed = hard is None or self.voice.level in OLDER
        return [*([self._definition()] if needed else []), *([hard] if hard else [])]

    def _definition(self) -> Asking:
        text = self.voice.say("question", self.voice.words.questions.open)
        return self._open(text, self.told[0].text, self.told[0])

    def _reason(self, fact: Told) -> Asking | None:
        """Ask why, where a fact says why."""
        found = None if fact.leans else reason_in(fact.text, self.language)
        if found is None:
            return None
        text = self._say("reason", self.voice.words.questions.reason, claim=found["claim"])
        reason = found["reason"]
        return self._open(text, f"{reason[:1].upper()}{reason[1:]}", fact)

    def _link(self, fact: Told) -> Asking | None:
        """Ask how two terms of a fact belong together."""
        if fact.leans:
            return None
        terms = [term for term in self._terms(fact) if term.kind is not Kind.NUMBER]
        named = [term.text for term in terms if term.kind is Kind.CALLED or self._is_central(term.text)][:2]
        if len(named) < 2:  # noqa: PLR2004
            return None
        first, second = sorted(named, key=fact.text.index)
        text = self._say("link", self.voice.words.questions.link.of(self.voice.level), term=first, other=second)
        return self._open(text, fact.text, fact)

    def _open(self, text: str, answer: str, fact: Told) -> Asking:
        """Ask an open question, with an answer that is quoted where the article is in another language."""
        told = answer if self.language == self.voice.language else f"“{answer.translate(INNER_QUOTES)}”"
        return _asking(QuestionForm.OPEN, text, told, fact)

    def _terms(self, fact: Told) -> list[Term]:
        """Give what can be asked for in a fact; of a kind, first that which the article speaks of most."""
        found = askable(fact.text, self.language, self.names)
        return sorted(found, key=lambda term: (term.kind, -self._weight(term.text)))

    def _rivals(self, term: Term, fact: Told) -> Sequence[str]:
        return rivals(term, fact.text, self.article.summary, self.language, self.names)

    def _is_central(self, text: str) -> bool:
        return self._weight(text) >= CENTRAL_WEIGHT

    def _weight(self, text: str) -> int:
        return weight(text, self.article.summary, self.language)

    def _worth(self, fact: Told) -> tuple[int, int]:
        """Facts that say what something is called come first, and then those on what the article speaks of most."""
        return min(((term.kind, -self._weight(term.text)) for term in self._terms(fact)), default=(len(Kind), 0))

    def _say(self, purpose: str, texts: Sequence[str], **filling: str) -> str:
        quoted = {name: text.translate(INNER_QUOTES) for name, text in filling.items()}
        return self.voice.say(purpose, texts, **quoted)

    @property
    def language(self) -> str:
        """The language of the facts."""
        return primary_language(self.article.language)

    @property
    def names(self) -> frozenset[str]:
        """The stems of the topic's name, and of its article's."""
        named = f"{self.voice.names['topic']} {self.article.title}"
        return dissected(named).stems(self.language)


def _asking(form: QuestionForm, text: str, answer: str, fact: Told, options: Sequence[str] = ()) -> Asking:
    return Asking(form=form, text=text, options=tuple(options), answer=answer, proven_by=(fact.place,))
