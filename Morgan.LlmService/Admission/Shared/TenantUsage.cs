using System.Globalization;
using Morgan.LlmService.Admission.Waiting;
using StackExchange.Redis;

namespace Morgan.LlmService.Admission.Shared;

/// <summary>Looks up what tenants have used: in the shared books, or in this replica's own while those cannot be asked.</summary>
internal sealed class TenantUsage(SharedBooks shared, LocalLimits local, WaitingRoom room)
{
    /// <summary>Looks one up.</summary>
    public async Task<TenantView> LookAsync(string tenant, TenantOptions limits)
    {
        var caller = new CallerLimits(tenant, limits, null, null);
        if (shared.Find(caller) is { } book && await book.LookAsync(caller) is { } answer)
        {
            var values = (RedisResult[])answer!;
            return new TenantView(
                tenant, "shared", LimitsView.Of(limits),
                new UsedView((long)values[0], (long)values[1], (long)values[2], (long)values[5], room.WaitingOf(tenant)),
                new ReservedView((long)values[6], (long)values[3], (long)values[4]),
                Models((RedisResult[])values[7]!));
        }

        var (requests, tokens, today, concurrent) = local.Used(tenant);
        return new TenantView(
            tenant, "this replica", LimitsView.Of(limits), new UsedView(requests, tokens, today, concurrent, room.WaitingOf(tenant)), null, null);
    }

    // "llama3|input" → 120
    private static SortedDictionary<string, ModelUsageView> Models(RedisResult[] fields)
    {
        var models = new SortedDictionary<string, ModelUsageView>(StringComparer.Ordinal);
        for (var i = 0; i + 1 < fields.Length; i += 2)
        {
            var field = (string)fields[i]!;
            var bar = field.LastIndexOf('|');
            if (bar < 0)
            {
                continue;
            }

            var count = long.Parse((string)fields[i + 1]!, CultureInfo.InvariantCulture);
            var name = field[..bar];
            var model = models.GetValueOrDefault(name) ?? new ModelUsageView();
            models[name] = field[(bar + 1)..] switch
            {
                "requests" => model with { Requests = count },
                "attempts" => model with { Attempts = count },
                "input" => model with { InputTokens = count },
                "output" => model with { OutputTokens = count },
                "wasted" => model with { WastedTokens = count },
                _ => model with { Orphans = count },
            };
        }

        return models;
    }
}
