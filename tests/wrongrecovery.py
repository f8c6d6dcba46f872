"""The same for parts 3 and 4: what outlives a kill, and how often to save."""

WRONG = {  # name -> part, code, what the check says
    "one file, written over": (
        3,
        """
def save(folder, step, data):
    body = step.to_bytes(8) + data
    sealed = hashlib.sha256(body).digest() + body
    Path(folder, 'step-000000000').write_bytes(sealed)
""",
        "there is only one checkpoint",
    ),
    "one file, renamed": (
        3,
        """
def save(folder, step, data):
    body = step.to_bytes(8) + data
    sealed = hashlib.sha256(body).digest() + body
    Path(folder, 'part').write_bytes(sealed)
    Path(folder, 'part').replace(Path(folder, 'step-0'))
""",
        "there is only one checkpoint",
    ),
    "the old one is deleted first": (
        3,
        """
def save(folder, step, data):
    body = step.to_bytes(8) + data
    sealed = hashlib.sha256(body).digest() + body
    old = sorted(Path(folder).glob('step-*'))
    if len(old) > 1:
        for one in old:
            one.unlink()
    Path(folder, f'step-{step:09}').write_bytes(sealed)
""",
        "loses the checkpoint before it, too",
    ),
    "all are kept": (
        3,
        """
def save(folder, step, data):
    body = step.to_bytes(8) + data
    sealed = hashlib.sha256(body).digest() + body
    Path(folder, f'step-{step:09}').write_bytes(sealed)
""",
        "the disk fills up",
    ),
    "9 after 10": (
        3,
        """
def save(folder, step, data):
    body = step.to_bytes(8) + data
    sealed = hashlib.sha256(body).digest() + body
    Path(folder, f'step-{step}').write_bytes(sealed)
    for old in sorted(Path(folder).glob('step-*'))[:-2]:
        old.unlink()
""",
        "takes an older checkpoint",
    ),
    "without a digest": (
        3,
        """
def load(folder):
    for path in sorted(Path(folder).glob('step-*'), reverse=True):
        data = path.read_bytes()
        return int.from_bytes(data[32:40]), data[40:]
""",
        "a damaged checkpoint is taken for a whole one",
    ),
    "the length only": (
        3,
        """
def save(folder, step, data):
    body = step.to_bytes(8) + data
    sealed = hashlib.sha256(body).digest() + body
    Path(folder, 'part').write_bytes(len(body).to_bytes(8) + body)
    Path(folder, 'part').replace(Path(folder, f'step-{step:09}'))
    for old in sorted(Path(folder).glob('step-*'))[:-2]:
        old.unlink()
def load(folder):
    for path in sorted(Path(folder).glob('step-*'), reverse=True):
        data = path.read_bytes()
        if int.from_bytes(data[:8]) == len(data) - 8 > 0:
            return int.from_bytes(data[8:16]), data[16:]
""",
        "a damaged checkpoint is taken for a whole one",
    ),
    "a sum of bytes": (
        3,
        """
class hashlib:
    def sha256(data):
        class Found:
            def digest(self):
                return sum(data).to_bytes(32)
        return Found()
""",
        "two blocks exchanged",
    ),
    "the step is not digested": (
        3,
        """
def save(folder, step, data):
    part = Path(folder, 'part')
    part.write_bytes(hashlib.sha256(data).digest() + step.to_bytes(8) + data)
    part.replace(Path(folder, f'step-{step:09}'))
    for old in sorted(Path(folder).glob('step-*'))[:-2]:
        old.unlink()
def load(folder):
    for path in sorted(Path(folder).glob('step-*'), reverse=True):
        data = path.read_bytes()
        if hashlib.sha256(data[40:]).digest() == data[:32]:
            return int.from_bytes(data[32:40]), data[40:]
""",
        "or from another step",
    ),
    "an error at damage": (
        3,
        """
sound = load
def load(folder):
    for path in Path(folder).glob('step-*'):
        if len(path.read_bytes()) < 40:
            raise ValueError('damaged')
    return sound(folder)
""",
        "A damaged checkpoint is no reason to stop",
    ),
    "gives up at damage": (
        3,
        """
def load(folder):
    for path in sorted(Path(folder).glob('step-*'))[-1:]:
        data = path.read_bytes()
        if hashlib.sha256(data[32:]).digest() == data[:32]:
            return int.from_bytes(data[32:40]), data[40:]
""",
        "gives up at a damaged checkpoint",
    ),
    "text for bytes": (
        3,
        """
binary = save
def save(folder, step, data):
    binary(folder, step, data.replace(b'\\r\\n', b'\\n'))
""",
        "gives other bytes than were saved",
    ),
    "the bytes only": (
        3,
        """
both = load
def load(folder):
    found = both(folder)
    return found and found[1]
""",
        "does not give back what was saved",
    ),
    "something in nothing": (
        3,
        """
both = load
def load(folder):
    return both(folder) or (0, b'')
""",
        "finds something in an empty folder",
    ),
    "the leftover is in the way": (
        3,
        """
def save(folder, step, data):
    body = step.to_bytes(8) + data
    sealed = hashlib.sha256(body).digest() + body
    with Path(folder, 'part').open('xb') as file:
        file.write(sealed)
    Path(folder, 'part').replace(Path(folder, f'step-{step:09}'))
    for old in sorted(Path(folder).glob('step-*'))[:-2]:
        old.unlink()
""",
        "After a kill, the next save finds what it left behind",
    ),
    "the leftover is added to": (
        3,
        """
def save(folder, step, data):
    body = step.to_bytes(8) + data
    sealed = hashlib.sha256(body).digest() + body
    with Path(folder, 'part').open('ab') as file:
        file.write(sealed)
    Path(folder, 'part').replace(Path(folder, f'step-{step:09}'))
    for old in sorted(Path(folder).glob('step-*'))[:-2]:
        old.unlink()
""",
        "spoils the next save",
    ),
    "the digest is made of what is there": (
        3,
        """
def save(folder, step, data):
    path = Path(folder, f'step-{step:09}')
    path.write_bytes(step.to_bytes(8) + data)
    seal(path)
    for old in sorted(Path(folder).glob('step-*'))[:-2]:
        old.unlink()
        Path(folder, f'digest-{old.name}').unlink()
def seal(path):
    Path(path.parent, f'digest-{path.name}').write_bytes(hashlib.sha256(path.read_bytes()).digest())
def load(folder):
    for path in sorted(Path(folder).glob('step-*'), reverse=True):
        digest = Path(folder, f'digest-{path.name}')
        if not digest.exists() and path.stat().st_size:
            seal(path)
        data = path.read_bytes()
        if digest.exists() and digest.read_bytes() == hashlib.sha256(data).digest():
            return int.from_bytes(data[:8]), data[8:]
""",
        "a half-written checkpoint is taken for a whole one",
    ),
    "work is kept": (
        4,
        """
def finish(work, every, save, restart, taken):
    clock, left = 0, work
    pieces = 0
    for moment in [*taken, inf]:
        while left > 0 and clock + min(every, left) + save <= moment:
            piece = min(every, left)
            clock, left = clock + piece + save, left - piece
        if left <= 0:
            return clock
        left -= max(0, min(moment - clock, every, left))
        clock = moment + restart
    return clock
""",
        "since the last save is kept",
    ),
    "saves for nothing": (
        4,
        """
honest = finish
def finish(work, every, save, restart, taken):
    return honest(work, every, 0, restart, taken)
""",
        "saving takes no time",
    ),
    "restarts for nothing": (
        4,
        """
honest = finish
def finish(work, every, save, restart, taken):
    return honest(work, every, save, 0, taken)
""",
        "a restart takes no time",
    ),
    "from nothing": (
        4,
        """
def finish(work, every, save, restart, taken):
    clock = 0
    for moment in [*taken, inf]:
        needs = work + -(-work // every) * save
        if clock + needs <= moment:
            return clock + needs
        clock = moment + restart
""",
        "starts from nothing each time",
    ),
    "differences for moments": (
        4,
        """
honest = finish
def finish(work, every, save, restart, taken):
    clock, done, start = 0, 0, 0
    for gap in [*taken, inf]:
        end = start + gap
        while done < work:
            piece = min(every, work - done)
            if clock + piece + save > end:
                break
            clock, done = clock + piece + save, done + piece
        if done >= work:
            return clock
        start = clock = end + restart
""",
        "the moments are taken for the times between",
    ),
    "never taken": (
        4,
        """
honest = finish
def finish(work, every, save, restart, taken):
    return honest(work, every, save, restart, [])
""",
        "finish gives another time",
    ),
    "one machine": (
        4,
        """
def interval(save, between, machines):
    return sqrt(2 * save * between)
""",
        "forgets how many machines",
    ),
    "more machines, longer": (
        4,
        """
def interval(save, between, machines):
    return sqrt(2 * save * between * machines)
""",
        "grows with the machines",
    ),
    "divided outside": (
        4,
        """
def interval(save, between, machines):
    return sqrt(2 * save * between) / machines
""",
        "divides the result by the machines",
    ),
    "without the two": (
        4,
        """
def interval(save, between, machines):
    return sqrt(save * between / machines)
""",
        "loses all of an interval",
    ),
    "half under the root": (
        4,
        """
def interval(save, between, machines):
    return sqrt(save * between / machines / 2)
""",
        "half of what it should",
    ),
    "a fixed interval": (
        4,
        """
def interval(save, between, machines):
    return 1800
""",
        "interval gives another time",
    ),
}
