using Morgan.LlmService.Admission;
using Morgan.LlmService.Endpoints;
using Morgan.LlmService.Envelope;
using Morgan.LlmService.Metering;
using Morgan.LlmService.Relay;
using Morgan.LlmService.Routing;
using Morgan.LlmService.Telemetry;
using Morgan.ServiceDefaults.Auth;
using Morgan.ServiceDefaults.Errors;
using Morgan.Upstreams.Attempts;
using Morgan.Upstreams.Configuration;

namespace Morgan.LlmService;

/// <summary>One request on its way through the stages.</summary>
internal sealed class Exchange : IAttemptFactory, IDisposable
{
    private const int WorthReleasing = 16 * 1024;

    private static readonly Action<object?> Cancel = static source => ((CancellationTokenSource)source!).Cancel();

    private readonly Arrival _arrival;
    private readonly CancellationTokenSource _end;
    private readonly CancellationTokenRegistration _aborted;
    private readonly CancellationTokenRegistration _drained;
    private AttemptTally? _tally;
    private bool _clientLeft;
    private long? _promptTokens;

    /// <summary>Takes the body over from <paramref name="arrival"/>.</summary>
    public Exchange(HttpContext context, Operation operation, Arrival arrival, GatewayServices services)
    {
        (Context, Operation, Services, _arrival, Body) = (context, operation, services, arrival, arrival.TakeBody());
        Timeouts = services.Options.Current.Timeouts;
        Deadline = Deadline.After(services.Time, Timeouts.Total);
        Caller = context.Features.Get<Caller>()!;
        RequestId = context.Features.Get<RequestId>()!.Value;
        _end = PooledCancellation.Rent(Timeout.InfiniteTimeSpan, TimeProvider.System);
        _aborted = context.RequestAborted.UnsafeRegister(Cancel, _end);
        _drained = services.Drain.Expired.UnsafeRegister(Cancel, _end);
    }

    public HttpContext Context { get; }

    public Operation Operation { get; }

    public RequestBody Body { get; }

    public ref readonly RequestEnvelope Envelope => ref _arrival.Envelope;

    public GatewayServices Services { get; }

    public TimeoutOptions Timeouts { get; }

    public Caller Caller { get; }

    public string RequestId { get; }

    public Deadline Deadline { get; }

    /// <summary>Cancelled when the client has left or the service's time is over.</summary>
    public CancellationToken End => _end.Token;

    /// <summary>Whether the client has left.</summary>
    public bool ClientLeft => _clientLeft || Context.RequestAborted.IsCancellationRequested;

    /// <summary>The span, the attempts and the metrics of this request.</summary>
    public required ExchangeRecord Record { get; init; }

    /// <summary>What was set aside for it; null: the caller has no limits.</summary>
    public Reservation? Reservation { get; set; }

    /// <summary>The attempts that it took.</summary>
    public AttemptTally Tally => _tally ??= new AttemptTally();

    /// <summary>
    /// Books what the request has used. Comes before the last bytes of the answer, so that a caller who asks again at once
    /// does not meet its own reservation.
    /// </summary>
    public void Settle(TokenUsage usage)
    {
        Record.Usage = usage;
        Reservation?.Settle(Tally.Bill(usage, EstimatePrompt(), ClientLeft));
        Reservation?.Dispose();
    }

    /// <summary>A write has found the client gone, which the server may be a moment late to tell.</summary>
    public void FoundClientGone() => _clientLeft = true;

    /// <summary>
    /// The answer has begun, so nothing is sent again: gives the memory of a large body back, which a stream of minutes
    /// would hold for nothing.
    /// </summary>
    public void ReleaseBody()
    {
        if (Body.Length >= WorthReleasing)
        {
            EstimatePrompt();
            Body.Dispose();
        }
    }

    /// <inheritdoc/>
    public IAttempt Create() => Envelope.Stream ? new StreamAttempt(this) : new WholeAttempt(this);

    /// <summary>Whether <paramref name="host"/> is to be asked for usage that the client did not ask for.</summary>
    public bool AsksUsage(Host host) =>
        Envelope is { Stream: true, IncludeUsage: false }
        && (Operation == Operation.Chat || Operation == Operation.Completions)
        && Services.StreamUsage.IsTakenBy(host);

    /// <summary>The prompt's tokens: as they were counted, else by its bytes.</summary>
    public long EstimatePrompt() => _promptTokens ??= PromptEstimate.Count(Envelope.Prompt.Of(Body.Span));

    /// <summary>The prompt's tokens, counted as <paramref name="model"/> does where its encoding is known: for limits.</summary>
    public long CountPrompt(string? model)
    {
        var count = PromptEstimate.Count(Envelope.Prompt.Of(Body.Span), Services.Encodings.Of(model));
        _promptTokens = count;
        return count;
    }

    /// <summary>For <c>prefix-affinity</c>; 0 under any other strategy.</summary>
    public ulong PrefixHash() => Services.Options.Current.Strategy == Strategies.PrefixAffinity
        ? PrefixHashing.Of(Envelope.Prompt.Of(Body.Span))
        : 0;

    /// <inheritdoc/>
    public void Dispose()
    {
        if (ClientLeft && Record is { Usage: null, ErrorType: null })
        {
            Record.ErrorType = "client_closed_request";
        }

        if (Reservation is not null && Record.Usage is null)
        {
            Reservation.Settle(Tally.Bill(null, EstimatePrompt(), ClientLeft));
        }

        Reservation?.Dispose();
        _aborted.Dispose();
        _drained.Dispose();
        PooledCancellation.Return(_end);
        Body.Dispose();
    }
}
