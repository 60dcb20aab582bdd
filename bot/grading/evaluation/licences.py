"""Where training data come from and under which licences, by the names of their files."""

from pathlib import PurePath

LICENCES: dict[str, tuple[str, str]] = {
    "scientsbank": ("SciEntsBank (Dzikovska et al. 2013, S13-2045)", "CC BY-SA 3.0"),
    "beetle": ("Beetle (Dzikovska et al. 2013, S13-2045)", "CC BY-SA 3.0"),
    "saf": ("Short Answer Feedback, English (Filighera et al. 2022)", "MIT"),
    "mnli": ("MultiNLI, dev (Williams et al. 2018)", "OANC, CC BY 3.0, CC BY-SA 3.0"),
    "snli": ("SNLI, dev and test (Bowman et al. 2015)", "CC BY-SA 4.0"),
    "scitail": ("SciTail, dev and test (Khot et al. 2018)", "Apache-2.0"),
    "sanli_wiki": ("Semi-automatic NLI (Vania, Chen and Bowman 2020)", "CC BY-SA 3.0"),
    "cad_nli": ("Counterfactually revised SNLI (Kaushik et al. 2020)", "CC BY-SA 4.0"),
    "fever": ("FEVER, dev; symmetric test (Schuster et al. 2019)", "CC BY-SA 3.0"),
    "entailmentbank": ("EntailmentBank (Dalvi et al. 2021)", "CC BY 4.0"),
    "qasc": ("QASC, dev (Khot et al. 2020)", "CC BY 4.0"),
    "folio": ("FOLIO (Han et al. 2022)", "CC BY-SA 4.0"),
    "wice": ("WiCE (Kamoi et al. 2023)", "ODC-BY 1.0, texts CC BY-SA"),
    "negnli": ("Negation in NLI (Hossain et al. 2020)", "MIT; texts of RTE, SNLI, MultiNLI"),
    "scone": ("ScoNe (She et al. 2023)", "CC0-1.0"),
    "breaking_nli": ("Breaking NLI (Glockner et al. 2018)", "CC BY-SA 4.0"),
    "med": ("MED (Yanaka et al. 2019)", "CC BY-SA 4.0"),
    "help": ("HELP (Yanaka et al. 2019)", "CC BY-SA 4.0"),
    "conjnli": ("ConjNLI (Saha et al. 2020)", "MIT; texts CC BY-SA"),
    "hans": ("HANS (McCoy et al. 2019)", "MIT"),
    "qa_data_science_interviews": ("Data science interviews (A. Grigorev)", "CC BY 4.0"),
    "qa_ml_glossary": ("ML glossary (B. Fortuner)", "MIT"),
}
"""The licences are those that the sets' authors state; some were read at second hand."""


def of(path: str) -> tuple[str, str]:
    """Return what a file of training data is, and its licence."""
    name = PurePath(path)
    if name.suffix == ".toml":
        return f"the bank {name.stem}: this project's own questions and examples", "MIT"
    key = name.name.split(".")[0].lower().removesuffix("_train")
    if key not in LICENCES and name.suffix == ".xml":
        key = next((one for one in ("scientsbank", "beetle") if one in path.lower()), key)
    return LICENCES.get(key, (name.name, "not recorded"))
