#!/usr/bin/env python3
"""What jinja2 makes of the templates in jinja_cases.py and jinja_chats.py, for JinjaGoldensTest.

    python jinja_goldens.py ../resources/dev/graft/runtime/generate/chat/jinja/goldens.json

The environment is the one that transformers compiles chat templates in. Needs jinja2 and transformers.
A case is its template, its variables by name, and the text, or null where jinja2 fails, or {"raised": message} where the
template does.
"""

import json
import sys
from datetime import datetime
from pathlib import Path
from unittest import mock

import jinja2
from transformers.utils import chat_template_utils

import jinja_cases
import jinja_chats

NOW = datetime(2024, 7, 6, 5, 4, 3)


def rendered(template, variables):
    """The text, or what says how it failed."""
    try:
        with mock.patch.object(chat_template_utils, "datetime", mock.Mock(now=lambda: NOW)):
            return chat_template_utils._compile_jinja_template(template).render(**variables)
    except Exception as error:
        raised = type(error) is jinja2.exceptions.TemplateError
        return {"raised": error.message} if raised else None


def main(target):
    variables = {"small": jinja_cases.V} | jinja_chats.CONVERSATIONS
    cases = [(template, "small") for template in [*jinja_cases.expressions(), *jinja_cases.RAW]]
    cases += [(template, name) for template in jinja_chats.TEMPLATES for name in jinja_chats.CONVERSATIONS]
    written = [
        {"template": template, "variables": name, "text": rendered(template, variables[name])} for template, name in cases
    ]
    print(len(written), "cases,", sum(not isinstance(case["text"], str) for case in written), "of them errors")
    addresses = [case["template"] for case in written if isinstance(case["text"], str) and " at 0x" in case["text"]]
    assert not addresses, addresses
    lines = ",\n".join(json.dumps(case) for case in written)
    Path(target).write_text('{"variables": ' + json.dumps(variables) + ',\n"cases": [\n' + lines + "\n]}\n")


if __name__ == "__main__":
    main(sys.argv[1])
