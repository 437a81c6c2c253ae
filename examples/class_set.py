"""A class's lessons for a week, cell by cell, as in a notebook: ordered at once, mended, and packed into one file.

It needs `pip install pathshala-client`, and the house and a teacher's key in PATHSHALA_URL and PATHSHALA_KEY.
"""

# %% The house
from pathlib import Path

from pathshala_client import Client

house = Client()
me = house.session()["user_id"] or "mira"  # the key's user; where the house asks for no keys, any name

# %% The lessons, as a spreadsheet saves them; one level is misspelt
TABLE = """subject,topic,language,level
english,verbs,en,primary
science,water cycle,en,middle
science,rain,en,prmary
"""
ordered = house.create_class_set_of_table(TABLE.encode(), user_id=me, title="Class 5a, week 12")
print(ordered["message"])

# %% What could not be ordered, with what would do; taking that
for refused in ordered["refused"]:
    print(f"row {refused['row']}: {refused['error_message']}")
    if (suggestion := refused["suggestion"]) is not None:
        order = suggestion["order"]
        house.mend_class_set_row(
            ordered["set_id"], refused["row"], subject=order["subject"], topic=order["topic"], level=order["level"]
        )

# %% All of it, as it moves
for state in house.class_set_changes(ordered["set_id"]):
    print(f"{state['percent']:3} %  " + ", ".join(f"{item['topic']} {item['status']}" for item in state["items"]))

# %% The lessons
for item in house.class_set(ordered["set_id"])["items"]:
    if item["lesson_url"] is not None:
        lesson = house.request("GET", item["lesson_url"])
        print(f"{lesson['title']}: {lesson['question']}")

# %% Their pack: sheets to print, and files for a learning platform
pack = house.class_set_pack(ordered["set_id"])
Path(pack.name).write_bytes(pack.content)
print(f"{pack.name}: {len(pack.content):,} bytes")
