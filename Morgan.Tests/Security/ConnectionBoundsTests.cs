using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Morgan.Tests.LlmService.Gateway;
using Morgan.Tests.ServiceDefaults;

namespace Morgan.Tests.Security;

/// <summary>The bounds of docs/security.md on connections and keys, at their edge and past it.</summary>
public sealed class ConnectionBoundsTests
{
    // Frames of HTTP/2: RFC 9113, 6.
    private const byte Headers = 1;
    private const byte Reset = 3;
    private const byte Settings = 4;
    private const int MaxConcurrentStreams = 3;
    private const int RefusedStream = 7;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Streams_PastTheirBoundOnAConnection_AreRefusedAndTheOthersGoOn()
    {
        await using var gateway = await RunningGateway.StartAsync([], "--Kestrel:EndpointDefaults:Protocols=Http2", "--Bounds:MaxStreamsPerConnection=2");
        using var client = new TcpClient();
        await client.ConnectAsync(gateway.Address.Host, gateway.Address.Port, Cancelled);
        var stream = client.GetStream();
        await stream.WriteAsync((byte[])[.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, .. Frame(Settings, 0, [])], Cancelled);
        var first = await ReadAsync(stream);
        Assert.Equal(Settings, first.Type);
        Assert.Equal(2u, Told(first.Payload, MaxConcurrentStreams));

        // Three requests whose bodies never come; only the third is refused.
        foreach (var id in (int[])[1, 3, 5])
        {
            await stream.WriteAsync(Frame(Headers, id, Head("/v1/chat/completions")), Cancelled);
        }

        var refused = await ResetAsync(stream);
        Assert.Equal((5, RefusedStream), (refused.Stream, BinaryPrimitives.ReadInt32BigEndian(refused.Payload)));

        // One that is given up makes room.
        await stream.WriteAsync(Frame(Reset, 1, [0, 0, 0, 8]), Cancelled);
        await stream.WriteAsync(Frame(Headers, 7, Head("/unknown"), endsStream: true), Cancelled);
        while (true)
        {
            var frame = await ReadAsync(stream);
            if (frame.Stream == 7)
            {
                Assert.Equal(Headers, frame.Type);
                return;
            }
        }
    }

    [Fact]
    public async Task IdleConnection_PastItsTime_IsClosedAndNotBefore()
    {
        await using var app = await RunningApp.StartAsync(SampleApplication.Create, ["--Bounds:IdleTimeout=00:00:02"]);
        using var client = new TcpClient();
        await client.ConnectAsync(app.Address.Host, app.Address.Port, Cancelled);
        var stream = client.GetStream();
        var began = 0L;
        for (var i = 0; i < 2; i++)
        {
            // The second one on the same connection: an answer does not end it.
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET /alive HTTP/1.1\r\nHost: {app.Address.Authority}\r\n\r\n"), Cancelled);
            began = Stopwatch.GetTimestamp();
            var answer = new StringBuilder();
            while (!answer.ToString().EndsWith("\r\n0\r\n\r\n", StringComparison.Ordinal))
            {
                var buffer = new byte[4096];
                var read = await stream.ReadAsync(buffer, Cancelled);
                Assert.True(read > 0, "it is open");
                answer.Append(Encoding.ASCII.GetString(buffer, 0, read));
            }
        }

        Assert.Equal(0, await stream.ReadAsync(new byte[1], Cancelled).AsTask().WaitAsync(TimeSpan.FromSeconds(30), Cancelled));
        Assert.InRange(Stopwatch.GetElapsedTime(began).TotalSeconds, 1.9, 30);
    }

    [Theory]
    [InlineData(512, HttpStatusCode.OK)]
    [InlineData(513, HttpStatusCode.Unauthorized)]
    public async Task Key_AtItsBound_IsLookedUpAndPastItRefused(int length, HttpStatusCode expected)
    {
        var key = new string('k', length);
        await using var app = await RunningApp.StartAsync(
            SampleApplication.Create,
            ["--Auth:Keys:0:Id=long", "--Auth:Keys:0:Tenant=acme", $"--Auth:Keys:0:KeySha256={Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(key)))}"]);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/me");
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {key}");

        using var response = await app.Client.SendAsync(request, Cancelled);

        Assert.Equal(expected, response.StatusCode);
    }

    // :method POST and :scheme http from the static table (RFC 7541, A), the path and the authority as they are.
    private static byte[] Head(string path) => [0x83, 0x86, 0x04, (byte)path.Length, .. Encoding.ASCII.GetBytes(path), 0x01, 1, (byte)'a'];

    private static byte[] Frame(byte type, int stream, byte[] payload, bool endsStream = false)
    {
        const byte EndHeaders = 4;
        var flags = (byte)((type == Headers ? EndHeaders : 0) | (endsStream ? 1 : 0));
        return [0, (byte)(payload.Length >> 8), (byte)payload.Length, type, flags, 0, 0, 0, (byte)stream, .. payload];
    }

    private static async Task<(byte Type, int Stream, byte[] Payload)> ReadAsync(NetworkStream stream)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        var head = new byte[9];
        await stream.ReadExactlyAsync(head, patience.Token);
        var payload = new byte[(head[0] << 16) | (head[1] << 8) | head[2]];
        await stream.ReadExactlyAsync(payload, patience.Token);
        return (head[3], BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(5)), payload);
    }

    private static async Task<(byte Type, int Stream, byte[] Payload)> ResetAsync(NetworkStream stream)
    {
        while (true)
        {
            var frame = await ReadAsync(stream);
            if (frame.Type == Reset)
            {
                return frame;
            }
        }
    }

    private static uint Told(byte[] settings, int id)
    {
        for (var i = 0; i < settings.Length; i += 6)
        {
            if (BinaryPrimitives.ReadUInt16BigEndian(settings.AsSpan(i)) == id)
            {
                return BinaryPrimitives.ReadUInt32BigEndian(settings.AsSpan(i + 2));
            }
        }

        return uint.MaxValue;
    }
}
