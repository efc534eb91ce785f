from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStorage(CompressedManifestStaticFilesStorage):
    """Names carry a hash, in ES modules' imports too, so browsers may keep each file for ever."""

    support_js_module_import_aggregation = True
