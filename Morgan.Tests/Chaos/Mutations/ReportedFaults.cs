namespace Morgan.Tests.Chaos.Mutations;

/// <summary>
/// What keeps off the faults that users of other gateways report, removed one at a time to see the tests turn red that
/// have the fault's number in their names.
/// </summary>
internal static class ReportedFaults
{
    private const string Upstreams = "Morgan.Upstreams/";
    private const string Gateway = "Morgan.LlmService/";

    /// <summary>All of them, in the list's order.</summary>
    public static IReadOnlyList<Mutation> All { get; } =
    [
        new("1: failures count as load", Upstreams + "Balancing/FailureLoad.cs", "new Level(At(now) + 1, now)", "new Level(At(now), now)", "*Fault01_*"),
        new("2: the circuit opens after five failures", Upstreams + "CircuitBreaking/CircuitBreaker.cs", "++_failures >= _options.FailureThreshold", "++_failures >= 30", "*Fault02_*"),
        new("2: a pause never gets shorter", Upstreams + "CircuitBreaking/CoolDown.cs", "while (until > current)", "while (until != current)", "*Fault02_*"),
        new("3: waits for the first host to come back", Upstreams + "Attempts/HostWait.cs", "pause && pause < limit", "pause && pause < limit && pause < TimeSpan.Zero", "*Fault03_*"),
        new("3: Retry-After is read", Upstreams + "Attempts/RetryAfter.cs", "return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;", "return null;", "*Fault03_*"),
        new("4: the limit is the limit", Gateway + "Admission/LocalLimits.cs", "Share(limit.TokensPerMinute, replicas) is var share", "Share(limit.TokensPerMinute * 7 / 10, replicas) is var share", "*Fault04_*"),
        new("4: replicas share one book", Gateway + "Admission/Shared/BookKeys.cs", "$\"limits:{{{Uri.EscapeDataString(tenant)}}}\"", "$\"limits:{{{Uri.EscapeDataString(tenant)}{Guid.NewGuid()}}}\"", "*Fault04_*"),
        new("5: a stream that breaks ends with an error", Gateway + "Relay/StreamRelay.cs", "if (outcome.Kind != OutcomeKind.Success)", "if (outcome.Kind == OutcomeKind.RateLimited)", "*Fault05_*"),
        new("5: an error as first event goes to another host", Gateway + "Relay/StreamAttempt.cs", "EventVerdict.Error => AttemptOutcome.Failed(FailureReason.ErrorInStream),", "EventVerdict.Error => AttemptOutcome.Success,", "*Fault05_*"),
        new("6: comments while a model thinks", Gateway + "Relay/ClientStream.cs", "else if (_gate.Wait(0))", "else if (_gate.CurrentCount > 1)", "*Fault06_*"),
        new("7: a stream must go on in time", Gateway + "Relay/StreamAttempt.cs", "guard.ReadAsync(_host!, _buffer.GetMemory());", "_host!.ReadAsync(_buffer.GetMemory(), guard.Token);", "*Fault07_*"),
        new("8: a client that leaves ends the attempt", Upstreams + "Attempts/AttemptRun.cs", "_registration = caller.UnsafeRegister(static timer => ((CancellationTokenSource)timer!).Cancel(), _timer);", "_registration = default;", "*Fault08_*"),
        new("9: Retry-After is passed on", Gateway + "Relay/ErrorRelay.cs", "response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);", "", "*Fault09_*"),
        new("9: a host's headers are passed on", Gateway + "Dispatch/ForwardedHeaders.cs", "client[name] = values.Count == 1 ? text : values.ToArray();", "", "*Fault09_*"),
        new("10: cached tokens count once", Gateway + "Metering/UsageReader.cs", "new TokenUsage(input.Value, output ?? 0, cached)", "new TokenUsage(input.Value + (cached ?? 0), output ?? 0, cached)", "*Fault10_*"),
        new("10: what was reserved is settled", Gateway + "Exchange.cs", "Reservation?.Settle(Tally.Bill(usage, EstimatePrompt(), ClientLeft));", "", "*Fault10_*"),
        new("11: a stream without usage is counted", Gateway + "Relay/StreamRelay.cs", "new TokenUsage(exchange.EstimatePrompt(), tracker?.Deltas ?? 0, Estimated: true)", "new TokenUsage(0, 0)", "*Fault11_*"),
        new("12: bodies share a budget of bytes", Gateway + "Envelope/HeldMemory.cs", "<= options.Current.MaxHeldBytes", "<= long.MaxValue", "*Fault12_*"),
        new("12: connections in use are not closed", Upstreams + "Connections/RetiredConnections.cs", "time.CreateTimer(Close, connection, after, Timeout.InfiniteTimeSpan)", "time.CreateTimer(Close, connection, TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan)", "*Fault12_*"),
        new("13: a probe asks for what costs nothing", Upstreams + "Health/HealthProbe.cs", "_ => host.UriFor(\"models\")", "_ => host.UriFor(\"chat/completions\")", "*Fault13_*"),
        new("14: the imbalance is bounded", Upstreams + "Balancing/PrefixAffinityBalancer.cs", "candidate.InFlight < Math.Max(AlwaysAllowed, Math.Ceiling(share)) && ", "", "*Fault14_*"),
        new("15: as many connections as it takes", Upstreams + "Connections/HostHandler.cs", "key.Pool.MaxConnections == 0 ? int.MaxValue", "key.Pool.MaxConnections == 0 ? 100", "*Fault15_*"),
        new("15: HTTP/2 has more than one connection", Upstreams + "Connections/HostHandler.cs", "EnableMultipleHttp2Connections = true", "EnableMultipleHttp2Connections = false", "*Fault15_*"),
        new("16: nothing is added for a strict host", Gateway + "Exchange.cs", "&& Services.StreamUsage.IsTakenBy(host)", "&& host is not null", "*Fault16_*"),
        new("17: a slow store is given up", Gateway + "Admission/Shared/LimitStore.cs", "await call.WaitAsync(budget, time)", "await call", "*Fault17_*"),
        new("18: the client's credentials stay here", Gateway + "Dispatch/ForwardedHeaders.cs", "\"Authorization\", \"api-key\", ", "", "*Fault18_*"),
    ];
}
