"""Search Python's own documentation with questions in a reader's own words, and show what answers them.

The text is the course's frozen copy, `lessons.real_models.texts.topics`, cut into passages that keep their
place. From the shell::

    python -m lessons.search ask "How do I leave a loop early?"

From code, and this is all that a page or a server on top of it needs::

    from lessons.search.index import Index

    index = Index.load()                       # the best way to search that is at hand
    index.way                                  # "both", or "words" where MiniLM was not fetched
    for hit in index.search("How do I leave a loop early?", k=5):  # always k hits, best first
        hit.rank, hit.score                    # 1, 2, 3, ...; higher is better, comparable within a way
        hit.topic, hit.place                   # "break", "break, lines 1 to 16"
        hit.passage.text                       # the passage as the documentation has it
    answer = index.answer("How do I bake bread?", k=3)
    answer.found                               # False: no passage is good enough to be shown
    answer.hits                                # what to show; empty where nothing was found
    answer.sure, answer.least                  # how sure of the first hit, and how sure it has to be

`Index.load(way)` takes one of `lessons.search.index.WAYS`: ``words`` (BM25), ``vectors`` (MiniLM), ``both``
(the two joined by their ranks), ``mlm`` (the course's own small model). ``vectors`` and ``both`` raise
`FileNotFoundError` where MiniLM was not fetched; the message has the command. An index is read only after
it was loaded, and takes any text as a question: an empty one finds nothing.
"""
