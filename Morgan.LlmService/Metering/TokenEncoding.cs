using Microsoft.ML.Tokenizers;

namespace Morgan.LlmService.Metering;

/// <summary>
/// One of OpenAI's encodings. Its table is large (42 MB for o200k), so it is read when it is first asked for, beside the
/// request that asks: until it is there, that request and those that come meanwhile are estimated by their bytes.
/// </summary>
internal sealed class TokenEncoding(string name)
{
    private readonly Lock _gate = new();
    private Task? _loading;
    private volatile Tokenizer? _tokenizer;

    /// <summary>The tokenizer; null while it is being read.</summary>
    public Tokenizer? Current
    {
        get
        {
            if (_tokenizer is null)
            {
                _ = LoadAsync(); // kept in _loading; what it needs is part of the application
            }

            return _tokenizer;
        }
    }

    /// <summary>Reads the table, once.</summary>
    public Task LoadAsync()
    {
        lock (_gate)
        {
            return _loading ??= Task.Run(() => _tokenizer = TiktokenTokenizer.CreateForEncoding(name));
        }
    }
}
