using System.IO.Hashing;
using System.Runtime.InteropServices;
using Morgan.LlmService.Admission.Shared;

namespace Morgan.LlmService.Routing;

/// <summary>
/// Remembers which host made which response, so that <c>previous_response_id</c> goes back to it. The newest 100,000
/// (about 10 MB) are kept in this process, and those of a day in the store that replicas share, where there is one.
/// </summary>
internal sealed class ResponseOwners(LimitStore store)
{
    private const int Kept = 100_000;
    private const long SharedForMs = 24 * 60 * 60 * 1000;
    private const string Read = "return redis.call('GET', KEYS[1])";
    private const string Write = "return redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])";

    private readonly Lock _gate = new();
    private readonly Dictionary<UInt128, string> _hosts = [];
    private readonly Queue<UInt128> _order = new();

    /// <summary>The name of the host that made the response; null: not known.</summary>
    public async ValueTask<string?> FindAsync(string responseId)
    {
        var key = Key(responseId);
        lock (_gate)
        {
            if (_hosts.TryGetValue(key, out var here))
            {
                return here;
            }
        }

        var owner = (await store.AskAsync(Read, [Name(key)], [], "response-owner")).Result;
        return owner is null ? null : (string?)owner;
    }

    /// <summary>Takes note of a response.</summary>
    public void Remember(string responseId, Host host)
    {
        var key = Key(responseId);
        lock (_gate)
        {
            if (!_hosts.TryAdd(key, host.Name))
            {
                return;
            }

            _order.Enqueue(key);
            if (_order.Count > Kept)
            {
                _hosts.Remove(_order.Dequeue());
            }
        }

        // Nobody waits for it; a failure is counted where it happens.
        _ = store.TellAsync(Write, [Name(key)], [host.Name, SharedForMs], "response-owner").AsTask();
    }

    private string Name(UInt128 key) => store.Keys.Of($"response:{key:x32}");

    private static UInt128 Key(string responseId) => XxHash128.HashToUInt128(MemoryMarshal.AsBytes(responseId.AsSpan()));
}
