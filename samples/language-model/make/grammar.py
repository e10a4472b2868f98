"""The three little languages of the sample, as context-free grammars with a memory.

A rule is a list of alternatives; ``{rule}`` expands to one of them. A rule in capitals is chosen once per document
and then repeated (a person keeps her name), ``{rule^}`` writes the expansion in capital letters, and ``{rule@}`` is
the rule for the surroundings of the document's place (gulls belong to the harbour, bees to the garden). A document
takes the same alternative twice only when it has used up the others. All three languages open a document with the
same words, so that one prompt can be continued in each of them.
"""

import random
import re

SURROUNDINGS = {"the harbour": "water", "the lighthouse": "water", "the bridge": "water", "the garden": "green",
                "the orchard": "green", "the mill": "green", "the village": "town", "the market": "town"}

SHARED = {
    "WHEN": ["This morning", "At noon", "In the evening", "Today", "Before dawn", "After the rain", "On market day",
             "Late in the night"],
    "PLACE": ["the harbour", "the garden", "the mill", "the village", "the market", "the lighthouse", "the orchard",
              "the bridge"],
    "WHO": ["Anna", "Jonas", "Mara", "Oskar", "Lena", "Tobias", "Greta", "Emil"],
    "JOB": ["gardener", "miller", "keeper", "baker", "captain", "boatman", "beekeeper", "teacher"],
    "from": ["west", "east", "north", "south"],
    "count": ["two", "three", "four", "five", "seven"],
    "hour": ["one", "two", "three", "four", "five", "six", "eight", "nine", "ten"],
}

CALM = SHARED | {
    "document": ["{opening} {weather} {scene} {close}", "{opening} {scene} {scene} {close}",
                 "{person} {weather} {scene} {close}", "{person} {scene} {close}"],
    "opening": ["{WHEN} {PLACE} is {mood}.", "{WHEN} {PLACE} lies under a {sky} sky.",
                "{WHEN} {PLACE} smells of {smell@}."],
    "person": ["{WHO} the {JOB} {walks} to {PLACE}.", "{WHO} the {JOB} sits near {PLACE} and {rests}.",
               "The {JOB} {walks} to {PLACE} with {WHO}."],
    "mood": ["quiet", "calm and bright", "still asleep", "wrapped in thin mist", "clean and cool", "almost empty"],
    "sky": ["pale", "clear", "grey", "soft blue", "silver"],
    "smell water": ["salt and tar", "rain", "wet rope"],
    "smell green": ["apples and hay", "warm earth", "roses"],
    "smell town": ["fresh bread", "wood smoke", "rain and honey"],
    "weather": ["A {soft} wind comes from the {from}.", "A {soft} rain falls until {hour}.",
                "The air is {soft} and the clouds drift slowly to the {from}.",
                "The light is {soft}, and no cloud hides the sky."],
    "soft": ["light", "gentle", "mild", "fine", "soft"],
    "walks": ["walks", "comes back", "brings a basket", "carries a lantern", "rows a small boat"],
    "rests": ["drinks tea", "mends a net", "counts the clouds", "listens to the birds", "reads a letter"],
    "scene": ["{count} {things@} {do} {where@}.", "A {thing@} {does} {where@}, and {count} {things@} {do} {where@}.",
              "{WHO} {tends@} and then {rests}."],
    "things water": ["boats", "gulls", "fishermen"],
    "things green": ["hens", "swallows", "sheep"],
    "things town": ["children", "carts", "old friends"],
    "do": ["wait", "rest", "gather", "move slowly"],
    "thing water": ["heron", "ferry", "grey seal"],
    "thing green": ["bee", "white horse", "blackbird"],
    "thing town": ["cat", "young dog", "donkey"],
    "does": ["rests", "waits", "passes", "turns around"],
    "where water": ["beside the pier", "near the water", "behind the nets"],
    "where green": ["under the trees", "between the beds of herbs", "along the hedge"],
    "where town": ["along the wall", "around the fountain", "before the bakery"],
    "tends water": ["lights the lamp", "paints the boat", "ties the ropes"],
    "tends green": ["waters the beans", "picks a few pears", "opens the gate"],
    "tends town": ["sweeps the steps", "sells a jar of honey", "rings the bell"],
    "close": ["Tomorrow will be {fair}.", "The tide turns at {hour}, and the evening will be {fair}.",
              "{WHO} will return at {hour}.", "By {hour} all is {fair} again."],
    "fair": ["quiet", "dry and mild", "cool", "clear", "calm"],
}

PIRATE = SHARED | {
    "document": ["{opening} {deed} {order} {close}", "{opening} {battle} {deed} {close}",
                 "{opening} {battle} {order} {close}", "{person} {deed} {order} {close}", "{person} {battle} {close}"],
    "opening": ["{WHEN} {PLACE} be {mood}, me hearties!", "{WHEN} {PLACE} be burnin' under a {sky} moon!",
                "{WHEN} {PLACE} stinks o' {smell}!"],
    "person": ["{WHO} the {JOB} be {rank} now, arr!", "{WHO} the {JOB} swings a cutlass and {rests}.",
               "The {JOB} and {WHO} {plunder} {PLACE}, aye!"],
    "mood": ["ours", "full o' gold", "cursed", "a nest o' scurvy dogs", "ripe for the takin'"],
    "sky": ["bloody", "black", "ghostly", "crooked"],
    "smell": ["rum and gunpowder", "dead fish", "burnt sails", "fear", "stolen pepper"],
    "plunder": ["plunder", "raid", "burn", "storm"],
    "rank": ["a dread pirate", "the terror o' the seas", "a one-eyed rogue", "captain o' the Black Gull"],
    "rests": ["roars for rum", "laughs at the storm", "feeds the parrot", "counts the doubloons"],
    "battle": ["We sank {count} {ships} and took {loot}.", "{count} {ships} hunt us, but our cannons be hungry."],
    "deed": ["The {foul} wind howls from the {from}, and {WHO} {rests}.",
             "{WHO} buried {loot} {where}."],
    "ships": ["galleons", "frigates", "merchant ships", "royal sloops"],
    "loot": ["a chest o' gold", "the queen's jewels", "forty barrels o' rum", "a map o' bones", "all their silver"],
    "foul": ["foul", "wicked", "howlin'", "devilish"],
    "where": ["under the gallows", "beneath Skull Rock", "in Dead Man's Cave", "below the rotten pier"],
    "order": ["Hoist the black flag!", "Load the cannons, ye lazy dogs!", "Walk the plank, ye traitor!",
              "Sharpen yer blades afore {hour} bells!", "Pass the grog, matey!"],
    "close": ["Arr, the sea be ours!", "Yo ho ho, and no mercy!", "By {hour} bells we sail for {loot}, arr!",
              "Dead men tell no tales!"],
}

STADIUM = SHARED | {
    "document": ["{opening} {play} {play} {crowd}", "{opening} {play} {score} {crowd}",
                 "{person} {play} {score} {crowd}", "{person} {score} {crowd}"],
    "opening": ["{WHEN} {PLACE} IS {mood}!", "{WHEN} {PLACE} TAKES THE LEAD!", "{WHEN} {PLACE} EXPLODES WITH NOISE!"],
    "person": ["{WHO} the {JOB} {attack}!", "{WHO} the {JOB} IS ON THE BALL!",
               "The {JOB} {attack}, AND {WHO^} SCORES!"],
    "mood": ["ON FIRE", "GOING WILD", "READY FOR THE FINAL", "SHAKING", "AHEAD"],
    "attack": ["RUNS PAST EVERYONE", "SHOOTS FROM MIDFIELD", "STEALS THE BALL", "FLIES DOWN THE WING"],
    "play": ["{WHO^} {attack}!", "WHAT A {thing} FROM {WHO^}!", "PASS TO {WHO^}, BACK TO THE {JOB^}, AND {result}!",
             "CORNER FROM THE {from^}!"],
    "thing": ["GOAL", "SAVE", "PASS", "HEADER", "TACKLE", "FREE KICK"],
    "result": ["IT IS IN", "IT HITS THE POST", "THE KEEPER HAS NO CHANCE", "IT IS OVER THE BAR"],
    "score": ["{count^} TO {hour^} FOR THE HOME SIDE!", "GOAL NUMBER {count^} IN MINUTE {hour^}!",
              "PENALTY! {WHO^} AGAINST THE KEEPER!", "THE REFEREE BLOWS THE WHISTLE!"],
    "crowd": ["UNBELIEVABLE!", "THE CROWD GOES WILD!", "LISTEN TO THESE FANS!", "CHAMPIONS! CHAMPIONS!"],
}

LANGUAGES = {"calm": CALM, "pirate": PIRATE, "stadium": STADIUM}


def document(language, chance):
    """One document of a language, drawn with the given ``random.Random``."""
    rules, memory, used = LANGUAGES[language], {}, set()

    def choose(rule):
        choice = chance.choice([each for each in rules[rule] if (rule, each) not in used] or rules[rule])
        used.add((rule, choice))
        return re.sub(r"\{([\w^@]+)\}", expand, choice)

    def expand(match):
        rule, shout = match[1].rstrip("^"), match[1].endswith("^")
        rule = rule.replace("@", " " + SURROUNDINGS.get(memory.get("PLACE"), ""))
        if rule not in memory or not rule.isupper():
            memory[rule] = choose(rule)
        return memory[rule].upper() if shout else memory[rule]

    return re.sub(r"(^|[.!?] )([a-z])", lambda match: match[1] + match[2].upper(), choose("document"))


def documents(language, count, seed, without=()):
    """``count`` different documents of a language, none of them in ``without``."""
    chance, seen, made = random.Random(f"{language} {seed}"), set(without), []
    while len(made) < count:
        text = document(language, chance)
        if text not in seen:
            seen.add(text)
            made.append(text)
    return made


def word_lists(count, seed):
    """Lines of unconnected words of all languages, each said twice.

    So the base meets every word, but only one language's sentences. Without the repetition it never has to tell the
    other languages' words apart, its output layer stays blind to them, and no adapter of its inner layers can make it
    speak.
    """
    chance = random.Random(f"words {seed}")
    texts = [text for language in LANGUAGES for text in documents(language, 2000, seed)]
    words = sorted({word for text in texts for word in text.split()})
    lines = ([chance.choice(words) for _ in range(8)] for _ in range(count))
    return ["Words: " + " ".join(f"{word} {word}" for word in line) for line in lines]
