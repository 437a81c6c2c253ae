"""How a model sounds that speaks of itself, to whoever ordered the lesson, or of what it was told."""

import re

_AN_AI = r"(?:ai|artificial intelligence|(?:large )?language model|llm|chatbot|(?:ai|virtual) (?:assistant|model))"
_CANNOT = r"(?:cannot|can't|can not|am unable to|do not have the ability to|don't have the ability to)"
_EAGER = r"(?:sure|certainly|of course|absolutely|great question|okay|ok)"
_LESSON = r"(?:\w+ ){0,3}(?:lesson|json|answer|response|activity you|explanation you)"
_FLOUT = r"(?:ignor|disregard|forget|overrid)(?:e|ing)?"
_EARLIER = r"(?:all |any |the |my |your |of )*(?:previous|prior|above|earlier)"
_TAG = (
    r"(?:request|article|verses?|plan|draft|earlier_lessons|system|user|assistant|instructions?|data|precedents?|"
    r"im_start|im_end)"
)

OF_ITSELF = (
    rf"\b(?:as|i am|i'm|being) (?:just |only )?an? (?:\w+ )?{_AN_AI}\b",
    rf"\bi {_CANNOT} (?:browse|access the internet|fulfill?|comply|assist with|help with that|provide real-time)",
    r"\bmy (?:training data|knowledge cut-?off)\b",
    r"\bi'?m sorry,? (?:but )?(?:as an|i cannot (?:help|assist|write|provide))",
    r"\bals (?:eine? )?(?:ki|künstliche intelligenz|sprachmodell)\b",
    r"\bcomo (?:una? )?(?:ia|inteligencia artificial|modelo de lenguaje)\b",
    r"\ben tant qu(?:e |')(?:ia|intelligence artificielle|modèle de langage|assistant)",
    r"(?:एआई|ए\.आई\.|कृत्रिम बुद्धिमत्ता|भाषा मॉडल)(?: भाषा)?(?: मॉडल)? (?:के रूप में|होने के नाते|म्हणून)",
)

TO_WHOEVER_ORDERED = (
    rf"^[^\w\n]*+{_EAGER}\s*(?:[!:]|[,.] (?:here|below|let me|i )\b)",
    rf"\b(?:here is|here's|here are|below is) (?:your|the|a|my) {_LESSON}\b",
    r"\b(?:i hope this (?:helps|lesson)|let me know if you (?:need|want|would)|i(?:'m| am) happy to help)\b",
    r"^[^\w\n]*+(?:gerne|natürlich|sicher|klar|aber klar)\s*(?:!|[,.] hier\b)",
    r"\bhier ist (?:die|deine|ihre|das) (?:\w+ )?(?:lektion|unterrichtseinheit|json|antwort)\b",
    r"^[^\w\n]*+¡?(?:claro|por supuesto|desde luego)\s*(?:!|[,.] aquí\b)",
    r"\baquí (?:tienes|está|tiene) (?:la|tu|su|el|una) (?:\w+ )?(?:lección|json|respuesta)\b",
    r"^[^\w\n]*+(?:bien sûr|certainement|d'accord|avec plaisir)\s*(?:!|[,.] voici\b)",
    r"\bvoici (?:la|votre|ta|le|une) (?:\w+ )?(?:leçon|json|réponse)\b",
    r"^[^\w\n]*+(?:ज़रूर|जरूर|बिल्कुल|अवश्य|नक्कीच)\s*!",
    r"(?:यह रहा|यहाँ है|प्रस्तुत है) आपक|(?:आशा है|उम्मीद है) (?:कि )?यह (?:मदद|सहायक|पाठ)",
)

OF_ORDERS = (
    r"\b(?:system|developer) (?:prompt|message|instructions?)\b|\bprompt injection\b",
    r"\b(?:these|my|the previous|the prior|the above) instructions? (?:say|tell|told|state|ask|that i)",
    r"\bi (?:was|am|have been) (?:told|instructed|asked|ordered) to (?:write|answer|reveal|ignore|follow|create)",
    r"\baccording to my instructions\b",
    rf"\b{_FLOUT} {_EARLIER} (?:\w+ )?(?:instructions?|rules|orders|prompts?)",
    r"\b(?:the|this) (?:data|article|request|context) (?:above|below|between the tags|you (?:gave|provided))\b",
    r"\b(?:in|from|to) the (?:provided|given) (?:article|context|request)\b",
    rf"</?\s*{_TAG}\s*>|<\|[a-z_]+\|>|\[/?inst\]",
    r"\bmeine anweisungen\b|\b(?:die|alle) (?:vorherigen|obigen|bisherigen) (?:anweisungen|regeln|befehle)",
    r"\b(?:las|mis|todas las) instrucciones (?:anteriores|previas|del sistema)|\bmensaje del sistema\b",
    r"\b(?:les|mes|toutes les) instructions (?:précédentes|du système)|\bmessage système\b",
    r"(?:पिछले|उपरोक्त|मेरे|ऊपर के|पहले के) (?:सभी )?(?:निर्देश|आदेश|नियम)|सिस्टम (?:प्रॉम्प्ट|संदेश|निर्देश)",
    r"मुझे (?:यह )?निर्देश|(?:आधीच्या|वरील|मागील) (?:सर्व )?(?:सूचना|आज्ञा)",
    r"\b(?:предыдущие|прежние) (?:инструкции|указания)|\bсистемн(?:ый промпт|ое сообщение)",  # noqa: RUF001
    r"忽略.{0,8}(?:指令|指示)|系统提示|指示.{0,4}無視|システムプロンプト",
    r"التعليمات السابقة|\binstruksi (?:sebelumnya|sistem)\b",
)

OF_FORM = (
    r"\bjson (?:object|schema|format|field|answer|response|only|below|as requested)\b|\bresponse_format\b",
    r"[{,]\s*\\?\"(?:title|explanation|activity|question|status|role|content|verse)\\?\"\s*:",
    r"\bapi[ _-]?keys?\b|\bOPENAI_API_KEY\b|\bsk-[a-z0-9-]{8,}\b",
    r"\bstatus[\\\"']*\s*[=:]\s*[\\\"']*(?:failed|completed)\b",
)
"""Fine in a lesson on these very things."""

TOPICS_OF_FORM = frozenset(
    {
        "api",
        "apis",
        "coding",
        "computer",
        "computing",
        "http",
        "informatics",
        "javascript",
        "json",
        "openai",
        "programming",
    }
)
TOPICS_OF_ORDERS = frozenset({"prompt", "prompts", "prompting", "chatgpt", "llm", "llms", "chatbots", "chatbot"})


def pattern(kinds: tuple[str, ...]) -> re.Pattern[str]:
    """Any of the kinds, case ignored; ^ is the beginning of a line."""
    return re.compile("|".join(kinds), re.IGNORECASE | re.MULTILINE)
