"""Every request we build and every answer the sandboxes give, held against the services' own documents.

`python -m tests.contract SPECS_DIR` prints what doesn't fit; `mistakes.py` lists where the documents are wrong.
"""
