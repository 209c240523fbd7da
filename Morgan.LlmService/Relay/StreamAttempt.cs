using System.Buffers;
using Morgan.LlmService.Dispatch;
using Morgan.Upstreams.Attempts;

namespace Morgan.LlmService.Relay;

/// <summary>
/// An attempt whose answer is a stream. It is accepted with its first data event; what has come until then waits for the
/// relay, which takes it with <see cref="PassOpening"/> and goes on reading here.
/// </summary>
internal sealed class StreamAttempt(Exchange exchange) : IAttempt, IDisposable
{
    private const int MostComments = 64 * 1024;

    private const int FirstSize = 2048;

    // Made when there is an answer to read: most failed attempts have none.
    private EventBuffer _buffer = null!;
    private PooledWriter _opening = null!;
    private Stream? _host;
    private long _received;

    /// <summary>What is known of the answer.</summary>
    public StreamTracker Tracker { get; private set; } = null!;

    /// <summary>What the first data event was.</summary>
    public EventVerdict First { get; private set; }

    /// <summary>Whether the last bytes that were passed on end inside an event.</summary>
    public bool IsInsideEvent { get; private set; }

    /// <inheritdoc/>
    public HttpRequestMessage CreateRequest(Host host, string? model)
    {
        var asks = exchange.AsksUsage(host);
        Tracker = exchange.Operation == Operation.Responses ? new ResponsesTracker() : new ChunkTracker(asks);
        return HostRequest.Create(exchange, host, model, asks);
    }

    /// <inheritdoc/>
    public async ValueTask<AttemptOutcome> AcceptAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var accepted = false;
        try
        {
            if (!HostAnswer.Is(response, "text/event-stream"))
            {
                return AttemptOutcome.Failed(FailureReason.BrokenBody);
            }

            (_buffer, _opening) = (new EventBuffer(), new PooledWriter(FirstSize));
            _host = response.Content.ReadAsStream(cancellationToken); // nothing is read yet
            while ((First = Pass(_opening)) is EventVerdict.Comment)
            {
                if (_opening.Length > MostComments || !Take(await _host.ReadAsync(_buffer.GetMemory(), cancellationToken)))
                {
                    return AttemptOutcome.Failed(FailureReason.BrokenBody);
                }
            }

            var outcome = Judge();
            accepted = outcome.Kind == OutcomeKind.Success;
            return outcome;
        }
        finally
        {
            if (!accepted)
            {
                Dispose();
            }
        }
    }

    /// <summary>Passes on the bytes that commit the answer, once: comments and the first data event.</summary>
    public void PassOpening(IBufferWriter<byte> output)
    {
        output.Write(_opening.Span);
        _opening.Dispose();
    }

    /// <summary>
    /// Passes events on until there is a reason to stop: <see cref="EventVerdict.Comment"/> when no whole event is left,
    /// <see cref="EventVerdict.Data"/> after the first data event of an attempt that was not accepted yet,
    /// else the end, the error or the malformed event, of which only the end was passed on.
    /// </summary>
    public EventVerdict Pass(IBufferWriter<byte> output)
    {
        var unwritten = _buffer.Position; // from here on are events as they came, to be written at once
        while (_buffer.Position is var from && _buffer.TryTake(out var raw, out var whole))
        {
            IsInsideEvent = !whole;
            ReadOnlySpan<byte> data = default;
            var verdict = whole ? Inspect(raw, out data) : EventVerdict.Data;
            if (verdict is not (EventVerdict.Comment or EventVerdict.Data or EventVerdict.Last))
            {
                Write(unwritten, from, output);
                PassTrimmed(verdict, raw, data, output);
                unwritten = _buffer.Position;
            }

            if (verdict is EventVerdict.Last or EventVerdict.Error or EventVerdict.Malformed
                || (verdict != EventVerdict.Comment && First == EventVerdict.Comment))
            {
                Write(unwritten, _buffer.Position, output);
                return verdict;
            }
        }

        Write(unwritten, _buffer.Position, output);
        return EventVerdict.Comment;
    }

    /// <summary>
    /// After the host's last byte: passes on an event that only lacks its empty line. Says what it was.
    /// </summary>
    public EventVerdict PassRest(IBufferWriter<byte> output)
    {
        var rest = _buffer.TakeRest();
        if (IsInsideEvent || rest.Trim("\r\n"u8).IsEmpty)
        {
            return EventVerdict.Comment;
        }

        var verdict = Tracker.Inspect(SseEvent.Parse(rest, _buffer.AtStart));
        if (verdict is EventVerdict.Data or EventVerdict.Last)
        {
            output.Write(rest.TrimEnd("\r\n"u8));
            output.Write("\n\n"u8);
        }

        return verdict;
    }

    /// <summary>Reads once from the host, with the idle limit on while it is waited for.</summary>
    public ValueTask<int> ReadAsync(RelayGuard guard) => guard.ReadAsync(_host!, _buffer.GetMemory());

    /// <summary>Takes what was read. False: the host has ended its answer.</summary>
    /// <exception cref="IOException">It is larger than <c>Llm:MaxAnswerBytes</c>.</exception>
    public bool Take(int read)
    {
        _buffer.Advance(read);
        _received += read;
        return _received <= exchange.Services.Options.Current.MaxAnswerBytes
            ? read > 0
            : throw new IOException("the answer is larger than Llm:MaxAnswerBytes");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _buffer?.Dispose();
        _opening?.Dispose();
    }

    private EventVerdict Inspect(ReadOnlySpan<byte> raw, out ReadOnlySpan<byte> data)
    {
        var parsed = SseEvent.Parse(raw, _buffer.AtStart);
        data = parsed.Data;
        exchange.Record.Content?.Add(data);
        return Tracker.Inspect(parsed);
    }

    private void Write(int from, int to, IBufferWriter<byte> output)
    {
        if (from < to)
        {
            output.Write(_buffer.Taken(from, to));
        }
    }

    // Of any other event the client gets nothing.
    private void PassTrimmed(EventVerdict verdict, ReadOnlySpan<byte> raw, ReadOnlySpan<byte> data, IBufferWriter<byte> output)
    {
        if (verdict != EventVerdict.Trimmed)
        {
            return;
        }

        if (!raw.Overlaps(data, out var offset))
        {
            output.Write(raw); // data over several lines: nobody sends that, and it is no harm
            return;
        }

        output.Write(raw[..(offset + Tracker.Trim.Start)]);
        output.Write(raw[(offset + Tracker.Trim.End)..]);
    }

    private AttemptOutcome Judge() => First switch
    {
        EventVerdict.Error when Tracker.Error is { IsRateLimit: true } => AttemptOutcome.RateLimited(null),
        EventVerdict.Error => AttemptOutcome.Failed(FailureReason.ErrorInStream),
        EventVerdict.Malformed => AttemptOutcome.Failed(FailureReason.BrokenBody),
        _ => AttemptOutcome.Success,
    };
}
