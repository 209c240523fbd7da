using Morgan.LlmService.Admission.Waiting;
using StackExchange.Redis;

namespace Morgan.LlmService.Admission.Shared;

/// <summary>The arguments of the scripts that keep a tenant's books, in the order that Scripts/*.lua have them.</summary>
internal sealed class BookArguments(SharedBooks books, string? key)
{
    private const int ReserveFields = 19;

    /// <summary>Of Scripts/look.lua: what all have in common.</summary>
    public RedisValue[] Look(CallerLimits limits) => Common(limits, 0, out _);

    /// <summary>Of Scripts/book.lua.</summary>
    public RedisValue[] Book(CallerLimits limits, long number, List<BookRecord> batch)
    {
        var values = Common(limits, 1 + (batch.Count * BookRecord.Fields), out var at);
        values[at++] = number;
        for (var i = 0; i < batch.Count; i++)
        {
            batch[i].Write(values.AsSpan(at + (i * BookRecord.Fields)), books.Time);
        }

        return values;
    }

    /// <summary>Of Scripts/reserve.lua.</summary>
    /// <param name="limits">The caller's.</param>
    /// <param name="id">Of the request; empty: it is a lease alone that is asked for.</param>
    /// <param name="model">The model that is asked for.</param>
    /// <param name="tokens">What the request sets aside.</param>
    /// <param name="place">Where it stands in line.</param>
    /// <param name="lease">The lease that is asked for beside; empty: none.</param>
    /// <param name="want">What it is to hold.</param>
    public RedisValue[] Reserve(
        CallerLimits limits, string id, string model, long tokens, in LinePlace place, string lease, (long Requests, long Tokens) want)
    {
        var all = Common(limits, ReserveFields, out var at);
        var values = all.AsSpan(at);
        (values[0], values[1], values[2], values[3]) = (id, tokens, model, limits.OfTenant.MaxConcurrent);
        (values[4], values[5], values[6]) = (lease, want.Requests, want.Tokens);
        values[7] = (long)books.Times.LeaseLife.TotalMilliseconds;
        Write(values[8..], place);
        return all;
    }

    // What stands in line here is told to the other replicas.
    private void Write(Span<RedisValue> values, in LinePlace place)
    {
        (values[0], values[1]) = (place.Waits ? $"{books.Replica}|{key}" : "", place.IsTurn ? 1 : 0);
        (values[2], values[3], values[4], values[5]) = (place.AheadRequests, place.AheadTokens, place.BehindRequests, place.BehindTokens);
        (values[6], values[7]) = (place.LineRequests, place.LineTokens);
        values[8] = (long)place.Left.TotalMilliseconds;
        values[9] = (long)place.LeftBehind.TotalMilliseconds;
        values[10] = (long)place.MostLeft.TotalMilliseconds;
    }

    private RedisValue[] Common(CallerLimits limits, int more, out int length)
    {
        var subjects = key is null ? 1 : 2;
        length = 3 + (3 * subjects);
        var values = new RedisValue[length + more];
        values[0] = (long)books.Times.Window.TotalMilliseconds;
        values[1] = (long)books.Times.ReservationLife.TotalMilliseconds;
        values[2] = subjects;
        Write(values.AsSpan(3), limits.OfTenant);
        if (key is not null)
        {
            Write(values.AsSpan(6), limits.OfKey!);
        }

        return values;
    }

    private static void Write(Span<RedisValue> values, TenantOptions limits) =>
        (values[0], values[1], values[2]) = (limits.RequestsPerMinute, limits.TokensPerMinute, limits.TokensPerDay);
}
