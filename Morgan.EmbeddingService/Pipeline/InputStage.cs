using System.Buffers;
using System.Runtime.InteropServices;
using Morgan.EmbeddingService.Caching;
using Morgan.EmbeddingService.Requests;
using Morgan.EmbeddingService.Tokenizers;

namespace Morgan.EmbeddingService.Pipeline;

/// <summary>
/// The first stage: decode, tokenise, hash, look into this process's cache. On several threads for a large request.
/// </summary>
internal static class InputStage
{
    private const int TextsPerPart = 64;
    private const int CharactersPerToken = 4;
    private const int BytesForParallel = 64 * 1024;

    /// <summary>Brings every input to its hash, and to its vector where that is at hand.</summary>
    /// <exception cref="Rejection">400: an input cannot be embedded.</exception>
    public static void Run(EmbeddingJob job)
    {
        var count = job.Inputs.Count;
        if (count > 1 && (count > TextsPerPart || job.Body.Length > BytesForParallel))
        {
            var perPart = Math.Min(TextsPerPart, Math.Max(1, count / Environment.ProcessorCount));
            Parallel.For(0, (count + perPart - 1) / perPart, part => Run(job, part * perPart, Math.Min(count, (part + 1) * perPart)));
        }
        else
        {
            Run(job, 0, count);
        }

        Sum(job);
    }

    private static void Run(EmbeddingJob job, int from, int to)
    {
        var buffer = new TokenBuffer();
        var items = job.Items;
        var useCache = (job.Directives & CacheDirectives.NoCache) == 0;
        for (var i = from; i < to; i++)
        {
            ref var item = ref items[i];
            buffer.Clear();
            if (job.Model.Tokenizer is { } tokenizer)
            {
                Tokenize(job, tokenizer, job.Inputs[i], buffer, ref item);
            }
            else
            {
                TakeText(job, job.Inputs[i], ref item);
            }

            if (item.Problem != InputProblem.None)
            {
                continue;
            }

            item.Hash = item.Text is { } text ? KeyHash.Of(MemoryMarshal.AsBytes<char>(text), job.Secret) : KeyHash.Of(buffer.Ids, job.Secret);
            if (useCache && job.Model.Cache.L1.TryGet(item.Hash, out var vector))
            {
                item.Vector = vector;
            }
            else if (item.Text is null)
            {
                item.Ids = buffer.Ids.ToArray();
            }
        }

        buffer.Dispose();
    }

    private static void Tokenize(EmbeddingJob job, ITokenizer tokenizer, InputSlice slice, TokenBuffer buffer, ref EmbeddingItem item)
    {
        var model = job.Model;
        int whole;
        if (slice.IsIds)
        {
            var ids = job.Inputs.IdsOf(slice);
            if (ids.ContainsAnyExceptInRange(0, tokenizer.VocabularySize - 1))
            {
                item.Problem = InputProblem.UnknownId;
                return;
            }

            whole = ids.Length;
            buffer.Add(ids[..Math.Min(whole, model.MaxTokens)]);
        }
        else
        {
            whole = Encode(job, tokenizer, slice, buffer);
        }

        item.Tokens = buffer.Count;
        item.IsTruncated = whole > buffer.Count;
        item.Problem = whole < 0 ? InputProblem.NotUnicode
            : item.IsTruncated && job.RefusesOverflow ? InputProblem.TooLong
            : InputProblem.None;
    }

    // The tokens of the whole text, or -1: it is no Unicode.
    private static int Encode(EmbeddingJob job, ITokenizer tokenizer, InputSlice slice, TokenBuffer buffer)
    {
        var text = ArrayPool<char>.Shared.Rent(job.Prompt.Length + slice.Length);
        job.Prompt.CopyTo(text);
        var length = TextDecoder.Decode(job.Body.Bytes.Slice(slice.Start, slice.Length), slice.IsEscaped, text.AsSpan(job.Prompt.Length));
        var tokens = length < 0
            ? -1
            : tokenizer.Encode(text.AsSpan(0, job.Prompt.Length + length), buffer, job.Model.MaxTokens);
        ArrayPool<char>.Shared.Return(text);
        return tokens;
    }

    // A remote host tokenises; until it has said how many there are, four characters count as a token.
    private static void TakeText(EmbeddingJob job, InputSlice slice, ref EmbeddingItem item)
    {
        if (slice.IsIds)
        {
            item.Problem = InputProblem.UnknownId;
            return;
        }

        var text = ArrayPool<char>.Shared.Rent(slice.Length);
        var length = TextDecoder.Decode(job.Body.Bytes.Slice(slice.Start, slice.Length), slice.IsEscaped, text);
        if (length < 0)
        {
            item.Problem = InputProblem.NotUnicode;
        }
        else
        {
            item.Text = string.Concat(job.Prompt, text.AsSpan(0, length));
            item.Tokens = (item.Text.Length + CharactersPerToken - 1) / CharactersPerToken;
        }

        ArrayPool<char>.Shared.Return(text);
    }

    private static void Sum(EmbeddingJob job)
    {
        var items = job.Items;
        for (var i = 0; i < items.Length; i++)
        {
            ref readonly var item = ref items[i];
            if (item.Problem != InputProblem.None)
            {
                throw Reject(job, i, item.Problem);
            }

            job.Tokens += item.Tokens;
            job.Truncated += item.IsTruncated ? 1 : 0;
            if (item.Vector is not null)
            {
                job.L1Hits++;
                job.L1HitTokens += item.Tokens;
            }
        }
    }

    private static Rejection Reject(EmbeddingJob job, int index, InputProblem problem)
    {
        var name = job.Inputs.NameOf(index);
        return Rejection.InvalidValue(name, problem switch
        {
            InputProblem.NotUnicode => $"'{name}' is not valid Unicode text.",
            InputProblem.TooLong => $"'{name}' is longer than the {job.Model.MaxTokens} tokens that the model '{job.Model.Name}' takes.",
            _ when job.Model.Tokenizer is null => $"'{name}' must be text: the model '{job.Model.Name}' takes no token ids.",
            _ => $"'{name}' holds a token id that the model '{job.Model.Name}' does not have: ids go from 0 to {job.Model.Tokenizer!.VocabularySize - 1}.",
        });
    }
}
