from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticStorage(CompressedManifestStaticFilesStorage):
    """Names with hashes inside modules too: one file under two names would be two modules, two sockets."""

    support_js_module_import_aggregation = True
