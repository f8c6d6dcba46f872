"""Sixty verses in other words, written for this course before anything was measured.

Each says what its verse says, in the English of today, and avoids the words and the order of the King
James Bible. The known verses were listed first; the others are those that `draw` drew for them, and of
each ten the first.
"""

KNOWN = {
    "Genesis 1:1": "At the very start, everything above us and the ground below was made by God.",
    "Genesis 1:3": "God spoke and asked for brightness, and at once it was bright.",
    "Exodus 20:12": (
        "Treat your parents with respect, so that you may live for many years in the country that your "
        "God is handing over to you."
    ),
    "Joshua 1:9": (
        "Did I not tell you so? Take heart and do not waver; never be scared or lose hope, because your "
        "God goes along with you on every road you take."
    ),
    "Psalms 23:1": (
        "God looks after me as a herder looks after his flock, so nothing that I need is missing."
    ),
    "Psalms 23:4": (
        "Even when my way leads through a gorge as dark as dying, no harm will scare me, because you are "
        "at my side; the stick and the crook in your hand give me calm."
    ),
    "Psalms 46:10": (
        "Stop and grow quiet, and understand who God is: foreign nations will look up to me, and so will "
        "everybody everywhere."
    ),
    "Psalms 118:24": "God has given us today; let us be cheerful and enjoy every hour.",
    "Proverbs 3:5": (
        "Put all your confidence in God, and do not count on what you alone can figure out."
    ),
    "Proverbs 16:18": (
        "Whoever thinks too much of himself is soon ruined, and an arrogant mood is followed by a tumble."
    ),
    "Ecclesiastes 1:2": (
        "It is all empty, says the speaker, emptier than empty; nothing whatsoever is worth anything."
    ),
    "Ecclesiastes 3:1": (
        "Each matter has its proper moment, and whatever people plan under the sky has an hour that "
        "suits it."
    ),
    "Isaiah 9:6": (
        "A baby has come for our sake, we have been handed a boy; he will carry the rule on his back, "
        "and people will call him amazing, adviser, God of power, parent without end, ruler who brings "
        "calm."
    ),
    "Isaiah 40:31": (
        "Those who are patient with God, however, will get fresh energy; they will rise in the air like "
        "great birds, they will hurry without getting tired, they will stride on without growing feeble."
    ),
    "Isaiah 53:5": (
        "Our wrongs are the reason why he was hurt, and our misdeeds the reason why he was beaten; he "
        "took the punishment that gave us calm, and the blows that he bore made us well."
    ),
    "Jeremiah 29:11": (
        "I am quite aware of what I have in mind for you, God tells you: plans for your good and not for "
        "harm, so that things turn out the way you hope."
    ),
    "Matthew 5:5": "Gentle people are lucky, because one day the whole world will belong to them.",
    "Matthew 6:9": (
        "So when you speak to God, do it like this: You up there who made us all, may everyone treat "
        "what you are called with respect."
    ),
    "Matthew 7:7": (
        "If you want something, say so, and you will get it; look for it, and it will turn up; tap on "
        "the door, and somebody will let you in."
    ),
    "Matthew 28:19": (
        "So set out and make pupils of people in every country, and dip them in water for the sake of "
        "the parent, the child and the breath of God."
    ),
    "Luke 23:34": (
        "Jesus then asked God not to hold it against these people, who had no idea how bad it was. The "
        "men shared out his clothes and threw dice for them."
    ),
    "John 1:1": (
        "When everything started, there was already speech, and it lived beside God, and it was itself "
        "divine."
    ),
    "John 3:16": (
        "God cared about people so much that he handed over the one child he had, and whoever trusts in "
        "this child will not be lost but will stay alive for good."
    ),
    "John 8:32": "You will learn what is real, and once you do, you will no longer be slaves.",
    "John 14:6": (
        "Jesus answered him: It is I who am the road, and what is real, and being alive; nobody gets to "
        "the one who made us unless I lead him."
    ),
    "Romans 3:23": (
        "Everybody has done wrong at some point and does not reach the splendor that God has."
    ),
    "Romans 8:28": (
        "We are sure that everything that happens turns out well for people who care about God, those "
        "whom he picked as he had planned."
    ),
    "1 Corinthians 13:13": (
        "So in the end there are three that remain: trust, looking forward, and kindness; but it is "
        "kindness that matters most."
    ),
    "Hebrews 11:1": (
        "To trust means being sure already of what you wish for, and having proof of what nobody has "
        "looked at."
    ),
    "Revelation 22:13": (
        "I am like the letters A and Z, where everything starts and where it stops, in front of all and "
        "behind all."
    ),
}
DRAWN = {
    "Genesis 1:23": "Night fell and a new morning came, and so day number five was over.",
    "Genesis 5:15": "When Mahalaleel was sixty-five years old, he became the father of Jared.",
    "Exodus 39:38": (
        "There was also the altar of gold, the oil for blessing, the spices that smell good when they "
        "burn, and the curtain for the entrance of the tent,"
    ),
    "Joshua 8:8": (
        "As soon as you hold the town, put a torch to it: do just what God has told you. Mind these "
        "orders, which are mine."
    ),
    "Psalms 72:20": "Here what Jesse's boy David said to God comes to its close.",
    "Psalms 10:8": (
        "He hides and waits near small towns; where nobody looks, he kills people who did nothing wrong; "
        "in secret he watches for those who cannot defend themselves."
    ),
    "Psalms 32:10": (
        "Bad people will have a lot of grief, but whoever relies on God will find kindness on every side."
    ),
    "Psalms 119:158": (
        "When I saw those who break the rules, it made me sad, because they did not do what you had said."
    ),
    "Proverbs 14:16": (
        "Somebody clever is careful and stays away from harm, but someone stupid gets angry and feels "
        "sure of himself."
    ),
    "Proverbs 24:1": (
        "Do not wish that you had what bad people have, and do not look for their company."
    ),
    "Ecclesiastes 10:19": (
        "We eat together to have fun, and drinking makes us happy, but it takes cash to pay for it all."
    ),
    "Ecclesiastes 6:11": (
        "When so much only adds to what is useless, how does anybody gain from it?"
    ),
    "Isaiah 54:4": (
        "Do not worry, nobody will laugh at you; do not be confused, you will not be embarrassed: what "
        "embarrassed you as a girl will leave your mind, and you will think no more of how you were "
        "blamed after your husband died."
    ),
    "Isaiah 22:18": (
        "With great force he is going to roll you up and throw you, as one throws a round stone, into "
        "some wide open country; you will end your life there, and so will the fine carriages that "
        "disgrace your master's family."
    ),
    "Isaiah 58:4": (
        "Look, you go without food only to quarrel and argue and to hit each other with cruel hands: if "
        "you do it the way you are doing it now, nobody up there will listen to you."
    ),
    "Jeremiah 25:11": (
        "The entire country will lie in ruins, and people will stare at it in horror; for seventy years "
        "these peoples will have to work for the ruler in Babylon."
    ),
    "Matthew 12:8": "You see, a human being like me has power even over the day of rest.",
    "Matthew 12:30": (
        "Anybody who does not side with me is my enemy, and anybody who does not help me collect is "
        "driving things apart."
    ),
    "Matthew 28:16": (
        "After that the remaining eleven pupils walked to Galilee and climbed the hill that Jesus had "
        "told them about."
    ),
    "Matthew 7:4": (
        "How can you offer to take a speck of dust from another man's eye, when you can see for yourself "
        "that there is a plank in yours?"
    ),
    "Luke 7:4": (
        "They reached Jesus and begged him at once: This is a man who deserves that you help him,"
    ),
    "John 15:13": (
        "Nobody can show that he cares more than by dying so that the people he likes may live."
    ),
    "John 15:6": (
        "Someone who does not stay close to me is thrown away like a twig and dries up; such twigs are "
        "picked up, tossed on a fire, and soon only ash is left."
    ),
    "John 8:36": "So when it is the child of the house who lets you go, nobody can hold you any more.",
    "John 15:22": (
        "Had I never arrived and talked with these people, nobody could blame them, but today there is "
        "nothing they can say to excuse what they do wrong."
    ),
    "Romans 12:14": "Wish good things to people who hurt you; yes, wish them well and never ill.",
    "Romans 10:18": (
        "I ask, though: did the news not reach these people? It certainly did; voices carried it to every "
        "country, and what was said was known at the far edge of the map."
    ),
    "1 Corinthians 10:9": (
        "We should also not put the Lord to the test, the way a few of our people did, who were then "
        "killed by snakes."
    ),
    "Hebrews 9:3": (
        "Behind another curtain there was a room in the tent with the name of most sacred place;"
    ),
    "Revelation 14:16": (
        "The one who had his seat on a cloud then swung his curved blade over the fields, and what grew "
        "in them was cut."
    ),
}
