using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Morgan.AppHost.Cache;

/// <summary>Healthy while a Redis answers PING within 3 s. Where it speaks TLS, a connection has to do.</summary>
internal sealed class RedisPing(IResourceWithConnectionString cache) : IHealthCheck
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(3);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Deadline);
        try
        {
            var address = RedisAddress.Parse(await cache.GetConnectionStringAsync(deadline.Token) ?? "");
            using var client = new TcpClient();
            await client.ConnectAsync(address.Host, address.Port, deadline.Token);
            if (address.IsTls)
            {
                return HealthCheckResult.Healthy();
            }

            var answer = await PingAsync(client.GetStream(), address, deadline.Token);
            return answer.EndsWith("+PONG\r\n", StringComparison.Ordinal)
                ? HealthCheckResult.Healthy()
                : HealthCheckResult.Unhealthy($"PING was answered with {answer.Trim()}");
        }
        catch (Exception problem) when (problem is SocketException or IOException or FormatException
            || (problem is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return HealthCheckResult.Unhealthy($"no answer to PING: {problem.Message}");
        }
    }

    // "*2\r\n$4\r\nAUTH\r\n$3\r\nabc\r\n*1\r\n$4\r\nPING\r\n" is answered with "+OK\r\n+PONG\r\n", or "-WRONGPASS …\r\n-NOAUTH …\r\n".
    private static async Task<string> PingAsync(NetworkStream stream, RedisAddress address, CancellationToken cancellationToken)
    {
        var auth = address.Password is null ? "" : address.User is null
            ? Command("AUTH", address.Password)
            : Command("AUTH", address.User, address.Password);
        await stream.WriteAsync(Encoding.UTF8.GetBytes(auth + Command("PING")), cancellationToken);
        var answer = "";
        var buffer = new byte[512];
        while (answer.Count(c => c == '\n') < (auth.Length == 0 ? 1 : 2))
        {
            var read = await stream.ReadAsync(buffer, cancellationToken);
            if (read == 0)
            {
                break;
            }

            answer += Encoding.UTF8.GetString(buffer, 0, read);
        }

        return answer;
    }

    private static string Command(params string[] words) =>
        $"*{words.Length}\r\n{string.Concat(words.Select(w => $"${Encoding.UTF8.GetByteCount(w)}\r\n{w}\r\n"))}";
}
