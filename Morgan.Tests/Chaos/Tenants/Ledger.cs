using System.Text.Json;

namespace Morgan.Tests.Chaos.Tenants;

/// <summary>A tenant's ledger of one model.</summary>
internal sealed record Ledger(long Requests, long Attempts, long Input, long Output, long Wasted, long Orphans)
{
    /// <summary>From the answer of <c>GET /admin/tenants/{name}</c>.</summary>
    public static Ledger Of(JsonElement tenant, string model)
    {
        var view = tenant.GetProperty("models").GetProperty(model);
        return new Ledger(Count("requests"), Count("attempts"), Count("inputTokens"), Count("outputTokens"), Count("wastedTokens"), Count("orphans"));

        long Count(string name) => view.GetProperty(name).GetInt64();
    }
}
