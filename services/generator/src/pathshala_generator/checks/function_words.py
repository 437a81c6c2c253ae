"""Words that are grammar and say nothing of what a text is about, folded. Shorter ones are told by their length."""

_WORDS = (
    # English
    "about above after again also although among another around because been before being below between both cannot "
    "could does doing done down during each either else even ever every from further have having here hers itself "
    "just less like made make makes many might more most much must near neither none once only other ours over own "
    "rather same shall should since some something still such than that their them then there these they this those "
    "through together under until upon used uses using very well went were what when where whether which while whose "
    "will with within without would your yours "
    # German
    "aber alle allem allen aller alles also andere anderen auch beim bist damit dann dass dein deine dem den denn der "
    "deren dessen diese diesem diesen dieser dieses doch durch eine einem einen einer eines etwas euch fuer hatte "
    "haben ihre ihrem ihren ihrer immer jede jedem jeden jeder jedes kann kein keine koennen konnen machen mehr mein "
    "mussen nach nicht noch nach oder ohne schon sehr sein seine seinem seinen seiner sich sind solche uber unter "
    "viel viele vom von waren warum wenn werden wird wurde wurden zwar zwischen zusammen "
    # Spanish
    "algo algunas algunos ante antes aquel como con contra cuando cual cuales desde donde durante ella ellas ellos "
    "entre esas esos esta estan estas este esto estos fueron hacer hacia hasta hace mas menos mismo mucho muchas "
    "muchos nada otra otras otro otros para pero poco porque puede pueden pues que quien sean sera sino sobre solo "
    "sido tambien tanto tiene tienen toda todas todo todos unas unos "
    # French
    "ainsi alors apres aussi autre autres avant avec beaucoup bien cela celle ceux cette ceci chaque chez comme contre "
    "dans depuis deux donc dont elle elles encore entre etait etes etre fait faire font ils jusque leur leurs lors "
    "mais meme memes moins nous notre nos parce pendant peut peuvent plus plusieurs pour pourquoi quand que quel "
    "quelle quelles quels sans selon sera ses sont sous tous tout toute toutes tres une vers vos votre vous "
    # Hindi and Marathi
    "अपना अपनी अपने अब आप आहे आहेत इन इस इसका इसकी इसके इसमें इससे इसे उन उनका उनकी उनके उस उसका उसकी उसके उसे एक और कर "
    "करता करती करते करना करने करें कहते का किया किसी की कुछ के को कोई क्या गई गए गया च जब जा जाता जाती जाते जिस जो तक तब "
    "तथा तो था थी थे दिया दो नहीं ने पर बहुत भी मध्ये में मैं यदि यह यहाँ या ये रहा रही रहे लिए वह वहाँ वाला वाली वाले वे "
    "व सकता सकती सकते सब सभी साथ से हम ही हुआ हुई हुए है हैं हो होता होती होते होना हे ही ते तो ती या हा आणि "
    # Sanskrit
    "अपि अस्ति इति एतत् एव किम् च तत् तु तस्य न भवति भवन्ति यत् यदा यथा वा सः सन्ति सा "
)
FUNCTION_WORDS = frozenset(_WORDS.split())
