"""Text, taken apart and measured: words, sentences, stems, scripts. Pure; every reader and check uses it."""
