from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from library.filetypes import SLIDES, BadFile, FileType, check_captions
from library.services import MAX_FILE, TOO_LARGE, check_file


class SearchForm(forms.Form):
    hide_optional = True

    q = forms.CharField(label="Search the library", max_length=100, required=False)
    category = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)


class CheckedFileField(forms.FileField):
    """A file whose content is one of `kinds`; it is read once, and cleaned to (name, bytes)."""

    def __init__(self, *, kinds: tuple[FileType, ...], **kwargs: Any) -> None:
        self.kinds = kinds
        endings = ",".join(kind.ending for kind in kinds)
        super().__init__(widget=forms.FileInput(attrs={"accept": endings}), **kwargs)

    def clean(self, data: Any, initial: Any = None) -> Any:
        file = super().clean(data, initial)
        return self._read(file) if isinstance(file, UploadedFile) else None

    def _read(self, file: UploadedFile) -> tuple[str, bytes]:
        if (file.size or 0) > MAX_FILE:
            raise forms.ValidationError(TOO_LARGE)
        content = file.read()
        try:
            check_file(content, self.kinds)
        except BadFile as error:
            raise forms.ValidationError(str(error)) from None
        return file.name or "document", content


class SlidesForm(forms.Form):
    slides = CheckedFileField(
        label="Your slides",
        kinds=SLIDES,
        help_text="PDF, PPTX or ODP, at most 10 MB. Delegates can open them as soon as they are uploaded.",
        error_messages={"required": "Choose a file first.", "empty": "This file is empty. Choose another."},
    )


class CaptionsField(forms.FileField):
    """WebVTT, cleaned to its bytes."""

    limit = 1024 * 1024 + 1

    def clean(self, data: Any, initial: Any = None) -> Any:
        file = super().clean(data, initial)
        if not isinstance(file, UploadedFile):
            return None
        try:
            return check_captions(file.read(self.limit))
        except BadFile as error:
            raise forms.ValidationError(str(error)) from None
