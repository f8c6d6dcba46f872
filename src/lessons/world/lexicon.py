"""The words of the world, each with its French: what there is, what it is like, what it does."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Noun:
    """A thing of the world; plurals are the singular plus ``s`` unless given."""

    english: str
    french: str
    feminine: bool = False
    plural: str = ""
    french_plural: str = ""

    @property
    def many(self) -> str:
        """The English plural."""
        return self.plural or self.english + "s"

    @property
    def french_many(self) -> str:
        """The French plural."""
        return self.french_plural or self.french + "s"


@dataclass(frozen=True)
class Adjective:
    """A property.

    Attributes:
        early: it stands before the French noun, where ``vowel`` is its masculine form before a
            vowel, if it has one.
        alive: only people and animals have it.
    """

    english: str
    masculine: str
    feminine: str
    early: bool = False
    vowel: str = ""
    alive: bool = False


@dataclass(frozen=True)
class Verb:
    """What one does: third person singular and plural, and the French first person.

    Attributes:
        objects: to which kinds of things it is done; none for a verb without an object.
    """

    one: str
    many: str
    french_one: str
    french_many: str
    french_i: str
    objects: tuple[str, ...] = ()


ANIMALS = (
    Noun("cat", "chat"), Noun("dog", "chien"), Noun("owl", "chouette", True),
    Noun("hedgehog", "hérisson"), Noun("bird", "oiseau", False, "", "oiseaux"),
    Noun("horse", "cheval", False, "", "chevaux"), Noun("mouse", "souris", True, "mice", "souris"),
    Noun("fox", "renard", False, "foxes"), Noun("unicorn", "licorne", True),
    Noun("squirrel", "écureuil"), Noun("bee", "abeille", True), Noun("rabbit", "lapin"),
    Noun("cow", "vache", True), Noun("wolf", "loup", False, "wolves"),
    Noun("frog", "grenouille", True), Noun("duck", "canard"), Noun("bear", "ours", False, "", "ours"),
    Noun("turtle", "tortue", True),
)  # fmt: skip
FOODS = (
    Noun("apple", "pomme", True), Noun("egg", "œuf"), Noun("cake", "gâteau", False, "", "gâteaux"),
    Noun("cherry", "cerise", True, "cherries"), Noun("onion", "oignon"), Noun("lemon", "citron"),
    Noun("orange", "orange", True), Noun("peach", "pêche", True, "peaches"),
    Noun("pear", "poire", True), Noun("carrot", "carotte", True),
    Noun("tomato", "tomate", True, "tomatoes"), Noun("banana", "banane", True),
    Noun("melon", "melon"), Noun("strawberry", "fraise", True, "strawberries"),
)  # fmt: skip
THINGS = (
    Noun("umbrella", "parapluie"), Noun("key", "clé", True), Noun("lamp", "lampe", True),
    Noun("hat", "chapeau", False, "", "chapeaux"), Noun("clock", "horloge", True),
    Noun("kite", "cerf-volant", False, "", "cerfs-volants"), Noun("drum", "tambour"),
    Noun("knife", "couteau", False, "knives", "couteaux"), Noun("ladder", "échelle", True),
    Noun("book", "livre"), Noun("box", "boîte", True, "boxes"), Noun("ball", "balle", True),
    Noun("boat", "bateau", False, "", "bateaux"), Noun("bag", "sac"), Noun("cup", "tasse", True),
    Noun("letter", "lettre", True), Noun("doll", "poupée", True), Noun("ring", "bague", True),
    Noun("coat", "manteau", False, "", "manteaux"), Noun("basket", "panier"),
    Noun("bell", "cloche", True), Noun("mirror", "miroir"),
    Noun("scarf", "écharpe", True, "scarves"), Noun("shoe", "chaussure", True),
)  # fmt: skip
PEOPLE = (
    Noun("boy", "garçon"), Noun("girl", "fille", True), Noun("man", "homme", False, "men"),
    Noun("woman", "femme", True, "women"), Noun("child", "enfant", False, "children"),
    Noun("teacher", "professeur"), Noun("farmer", "fermier"), Noun("king", "roi"),
    Noun("queen", "reine", True), Noun("doctor", "médecin"), Noun("baker", "boulanger"),
    Noun("sailor", "marin"), Noun("uncle", "oncle"), Noun("aunt", "tante", True),
)  # fmt: skip
PLACES = (
    Noun("garden", "jardin"), Noun("school", "école", True),
    Noun("castle", "château", False, "", "châteaux"),
    Noun("forest", "forêt", True), Noun("kitchen", "cuisine", True),
    Noun("church", "église", True, "churches"), Noun("park", "parc"), Noun("village", "village"),
    Noun("market", "marché"), Noun("barn", "grange", True), Noun("hotel", "hôtel"),
    Noun("library", "bibliothèque", True, "libraries"), Noun("museum", "musée"),
    Noun("street", "rue", True), Noun("station", "gare", True),
)  # fmt: skip
KINDS = {"animal": ANIMALS, "food": FOODS, "thing": THINGS, "person": PEOPLE, "place": PLACES}

COLORS = (
    Adjective("red", "rouge", "rouge"), Adjective("blue", "bleu", "bleue"),
    Adjective("green", "vert", "verte"), Adjective("white", "blanc", "blanche"),
    Adjective("black", "noir", "noire"), Adjective("yellow", "jaune", "jaune"),
    Adjective("gray", "gris", "grise"), Adjective("brown", "brun", "brune"),
    Adjective("orange", "orange", "orange"),
)  # fmt: skip
ADJECTIVES = (
    *COLORS,
    Adjective("heavy", "lourd", "lourde"), Adjective("strange", "étrange", "étrange"),
    Adjective("clean", "propre", "propre"), Adjective("dirty", "sale", "sale"),
    Adjective("small", "petit", "petite", True), Adjective("big", "grand", "grande", True),
    Adjective("huge", "énorme", "énorme", True), Adjective("pretty", "joli", "jolie", True),
    Adjective("old", "vieux", "vieille", True, "vieil"),
    Adjective("new", "nouveau", "nouvelle", True, "nouvel"),
    Adjective("beautiful", "beau", "belle", True, "bel"),
    Adjective("happy", "content", "contente", alive=True),
    Adjective("sad", "triste", "triste", alive=True),
    Adjective("tired", "fatigué", "fatiguée", alive=True),
    Adjective("strong", "fort", "forte", alive=True),
    Adjective("young", "jeune", "jeune", True, alive=True),
)  # fmt: skip

_SOLID = ("thing", "food", "animal")
_ALL = ("thing", "food", "animal", "person")
VERBS = (
    Verb("sees", "see", "voit", "voient", "vois", _ALL),
    Verb("likes", "like", "aime", "aiment", "aime", _ALL),
    Verb("finds", "find", "trouve", "trouvent", "trouve", _ALL),
    Verb("draws", "draw", "dessine", "dessinent", "dessine", _ALL),
    Verb("looks for", "look for", "cherche", "cherchent", "cherche", _ALL),
    Verb("wants", "want", "veut", "veulent", "veux", _SOLID),
    Verb("buys", "buy", "achète", "achètent", "achète", _SOLID),
    Verb("sells", "sell", "vend", "vendent", "vends", _SOLID),
    Verb("carries", "carry", "porte", "portent", "porte", _SOLID),
    Verb("washes", "wash", "lave", "lavent", "lave", _SOLID),
    Verb("hides", "hide", "cache", "cachent", "cache", ("thing", "food")),
    Verb("takes", "take", "prend", "prennent", "prends", ("thing", "food")),
    Verb("breaks", "break", "casse", "cassent", "casse", ("thing",)),
    Verb("eats", "eat", "mange", "mangent", "mange", ("food",)),
    Verb("cuts", "cut", "coupe", "coupent", "coupe", ("food",)),
    Verb("follows", "follow", "suit", "suivent", "suis", ("animal", "person")),
    Verb("helps", "help", "aide", "aident", "aide", ("animal", "person")),
    Verb("calls", "call", "appelle", "appellent", "appelle", ("animal", "person")),
)
ACTIONS = (
    Verb("sleeps", "sleep", "dort", "dorment", "dors"),
    Verb("sings", "sing", "chante", "chantent", "chante"),
    Verb("dances", "dance", "danse", "dansent", "danse"),
    Verb("plays", "play", "joue", "jouent", "joue"),
    Verb("walks", "walk", "marche", "marchent", "marche"),
    Verb("works", "work", "travaille", "travaillent", "travaille"),
    Verb("waits", "wait", "attend", "attendent", "attends"),
    Verb("runs", "run", "court", "courent", "cours"),
    Verb("jumps", "jump", "saute", "sautent", "saute"),
    Verb("cries", "cry", "pleure", "pleurent", "pleure"),
)
NUMBERS = (
    ("two", "deux"), ("three", "trois"), ("four", "quatre"), ("five", "cinq"), ("six", "six"),
    ("nine", "neuf"), ("12", "12"),
)  # fmt: skip
GREETINGS = (
    ("Hello", "Bonjour"), ("Hello, how are you?", "Bonjour, comment allez-vous ?"),
    ("How are you?", "Comment allez-vous ?"), ("Good morning", "Bonjour"),
    ("Good evening", "Bonsoir"), ("Good night", "Bonne nuit"), ("Thank you", "Merci"),
    ("Thank you very much", "Merci beaucoup"), ("Please", "S'il vous plaît"),
    ("Goodbye", "Au revoir"), ("See you tomorrow", "À demain"), ("Yes", "Oui"), ("No", "Non"),
    ("What is your name?", "Comment vous appelez-vous ?"), ("I am hungry", "J'ai faim"),
    ("It is raining", "Il pleut"), ("It is cold", "Il fait froid"), ("Excuse me", "Excusez-moi"),
    ("I do not understand", "Je ne comprends pas"), ("Where is the station?", "Où est la gare ?"),
)  # fmt: skip
CAPITALS = (
    ("France", "Paris"), ("Italy", "Rome"), ("Spain", "Madrid"), ("Germany", "Berlin"),
    ("England", "London"), ("Portugal", "Lisbon"), ("Greece", "Athens"), ("Japan", "Tokyo"),
    ("China", "Beijing"), ("Egypt", "Cairo"), ("Canada", "Ottawa"), ("Norway", "Oslo"),
    ("Sweden", "Stockholm"), ("Poland", "Warsaw"), ("Austria", "Vienna"), ("Kenya", "Nairobi"),
    ("Peru", "Lima"), ("Cuba", "Havana"), ("Ireland", "Dublin"), ("Chile", "Santiago"),
)  # fmt: skip
OPPOSITES = (
    ("big", "small"), ("happy", "sad"), ("fast", "slow"), ("clean", "dirty"), ("old", "new"),
    ("good", "bad"), ("hot", "cold"), ("heavy", "light"), ("strong", "weak"), ("up", "down"),
    ("open", "closed"), ("full", "empty"), ("rich", "poor"), ("long", "short"), ("high", "low"),
    ("dry", "wet"), ("hard", "soft"), ("dark", "bright"), ("early", "late"), ("near", "far"),
    ("left", "right"), ("day", "night"),
)  # fmt: skip
PRAISE = (
    "good", "great", "excellent", "wonderful", "lovely", "perfect", "fantastic", "superb", "amazing",
    "brilliant", "charming", "delightful", "pleasant", "splendid", "marvelous", "impressive",
    "enjoyable", "terrific", "elegant", "reliable", "solid", "handy", "fine", "tasteful",
    "magnificent", "admirable", "glorious", "refreshing", "outstanding", "remarkable",
)  # fmt: skip
BLAME = (
    "bad", "awful", "terrible", "horrible", "poor", "dreadful", "disgusting", "ugly", "boring",
    "useless", "disappointing", "weak", "faulty", "nasty", "unpleasant", "miserable", "annoying",
    "dull", "rotten", "flimsy", "clumsy", "shabby", "lousy", "rude", "pathetic", "sloppy", "tedious",
    "worthless", "hideous", "wretched",
)  # fmt: skip
