"""How placeholders, filler and questions are told, in the languages in which we know it."""

import re
from collections.abc import Mapping

from pathshala_generator.checks.words import content, plain

PLACEHOLDERS = (
    re.compile(r"\b(?:TBD|FIXME)\b|\bTODO\s*[:(\]]|\A\W*TODO\b"),  # not "todo", which is a word of Spanish
    re.compile(r"\blorem ipsum\b|\bdolor sit amet\b", re.IGNORECASE),
    re.compile(
        r"[\[{<]\s*(?:insert|your|add|the|enter|fill in|einfügen|hier|insertar|insérer|यहाँ)?\s*"
        r"(?:topic|subject|title|text|lesson|name|explanation|activity|question|answer|example|content|language|thema|"
        r"titel|aktivität|frage|tema|título|actividad|sujet|titre|activité|विषय|शीर्षक|गतिविधि)"
        r"(?:\s+(?:here|hier|aquí|ici|यहाँ|लिखें|einfügen|einsetzen))*\s*[\]}>]",
        re.IGNORECASE,
    ),
    re.compile(
        r"\binsert\s+(?:your\s+|the\s+|an?\s+)?\w+\s+here\b|\bhier (?:einfügen|einsetzen)\b|"
        r"\binsertar aquí\b|\binsérer ici\b|यहाँ (?:डालें|जोड़ें)",
        re.IGNORECASE,
    ),
    re.compile(r"\A\W*+(?:n/?a|none|null|undefined|nil|empty|string|text)?\W*+\Z", re.IGNORECASE),
    re.compile(r"\A\s*+(?:\.{3}|…)|^[ \t]*+(?:\.{3,}+|…)[ \t]*$", re.MULTILINE),
)

_GENERAL = (
    # English
    "about aspect aspects become benefit benefits better concept concepts concerned contribute crucial daily deal "
    "different discover discuss enjoy essential everyone everything everyday example examples exciting explore "
    "explain fascinating field fields focus fundamental good great help helpful helps here idea ideas important "
    "importance interesting introduce know knowledge learn learned learning learner lesson lesson's life lives look "
    "many mastery matter matters meaning need often part people play plays point real role several significant study "
    "studying subject talk think thing things time today topic topics understand understanding useful value various "
    "variety want ways world years student students teacher teachers always never without practice skill skills "
    "remember aware history future society person live begin start start remarkable wonderful grow come comes goes "
    # Hindi
    "विषय महत्वपूर्ण महत्व रोचक ज्ञान सीखना सीखें सीखेंगे समझना समझ जानना जानेंगे जीवन दुनिया लोग पाठ उपयोगी अनेक कई बातें चीजें "
    "आवश्यक उदाहरण विभिन्न छात्र विद्यार्थी भूमिका रोज दैनिक "
    # German
    "wichtig wichtige wichtiges thema themen interessant interessante lernen leben welt menschen verstehen dinge "
    "lektion wissen viele verschiedene rolle spielt hilft heute alltag beispiel beispiele bedeutung spannend "
    # Spanish
    "importante importantes tema temas interesante interesantes aprender vida mundo personas entender comprender cosas "
    "leccion conocimiento muchas diferentes papel ayuda ejemplo ejemplos utiles util diaria estudiantes "
    # French
    "important importante importants sujet sujets interessant apprendre monde gens comprendre choses lecon "
    "connaissance differents role aide exemple exemples utile quotidienne eleves "
)
GENERAL_STEMS = content(_GENERAL)
"""The stems of words that fit any topic."""

_CLASSROOM = (
    "answer answers check choose class classmate compare copy correct down draw find fold friend home list listen "
    "lists loud mark minute minutes neighbour neighbor note notebook page paper pencil piece read reading result "
    "school sheet show small step steps take tell three turn twice until write written "
    "blatt papier schreibe lies zeichne vergleiche schritt nachbar dibuja escribe papel hoja compara lee cuaderno "
    "ecris ecrivez lisez dessinez feuille papier comparez cahier voisin "
    "लिखिए लिखो लिखें कागज पढ़िए पढ़ो देखिए देखो कापी कॉपी पेंसिल चित्र बनाइए बनाओ कीजिए दीजिए लीजिए रखिए "
)
CLASSROOM_STEMS = content(_CLASSROOM) | GENERAL_STEMS
"""And of what is done in any lesson."""


def _asking(words: str) -> frozenset[str]:
    return frozenset(plain(words).split())


ASKING_WORDS: Mapping[str, frozenset[str]] = {
    "en": _asking(
        "what why how when where which who whose name explain describe give tell compare find list state say"
    ),
    "de": _asking("was warum wie wann wo welche welcher welches wer nenne erkläre beschreibe vergleiche gib nennen"),
    "es": _asking("qué por qué cómo cuándo dónde cuál cuáles quién nombra explica describe compara di menciona"),
    "fr": _asking(
        "quoi pourquoi comment quand où quel quelle quels quelles qui nomme explique décris compare cite que"
    ),
    "hi": _asking("क्या क्यों कैसे कब कहाँ कौन किस किसे किन कितने कितना कितनी बताइए बताओ समझाइए लिखिए बताएँ नाम"),
    "mr": _asking("काय का कसे कशी कसा केव्हा कुठे कोण कोणते कोणता कोणती किती सांगा लिहा स्पष्ट"),
    "sa": _asking("किम् किं कः का के कुत्र कथम् कथं कदा कति कस्य कस्मात् कुतः केन केषाम् वद वदत लिखत"),
}
