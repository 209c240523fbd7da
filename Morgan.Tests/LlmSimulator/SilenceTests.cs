using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace Morgan.Tests.LlmSimulator;

/// <summary>Hosts that keep silent, and clients that leave.</summary>
public sealed class SilenceTests
{
    private const string Path = "/v1/chat/completions";

    [Theory]
    [InlineData("hang", 0)]
    [InlineData("stall", 2)]
    public async Task Silence_LastsUntilTheClientLeaves_AndIsCounted(string kind, int events)
    {
        await using var simulator = await Simulator.StartAsync();
        await simulator.FaultAsync(kind, "\"afterEvents\":2");
        using (var socket = await SendAsync(simulator, Simulator.Chat(stream: true)))
        {
            string received = "";
            await Eventually.TrueAsync(async () => (received += Available(socket)).Split("data: ").Length - 1 == events
                && (await simulator.StatsAsync()) is { InFlight: 1, Cancelled: 0 }, $"{events} events and then silence");
            Assert.Equal(0, (await simulator.StatsAsync()).Cancelled);
        }

        await Eventually.TrueAsync(async () => await simulator.StatsAsync() is { InFlight: 0, Cancelled: 1 }, "the cancelled request is counted");
        Assert.Equal(1, (await simulator.StatsAsync()).Outcomes[kind]);
    }

    [Fact]
    public async Task Stall_OfABody_ComesAfterTheHeadAndHalfTheBody()
    {
        await using var simulator = await Simulator.StartAsync();
        await simulator.FaultAsync("stall");
        using var response = await simulator.PostAsync(Path, Simulator.Chat());
        Assert.NotNull(response.Content.Headers.ContentLength);
        await using var body = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        var buffer = new byte[65536];
        int read = await body.ReadAsync(buffer, TestContext.Current.CancellationToken);
        Assert.Equal(response.Content.Headers.ContentLength / 2, read);
    }

    [Fact]
    public async Task SlowHeaders_DelayTheHeadAndThenAnswer()
    {
        await using var simulator = await Simulator.StartAsync();
        await simulator.FaultAsync("slow-headers", "\"delayMs\":300");
        var clock = Stopwatch.StartNew();
        using var response = await simulator.PostAsync(Path, Simulator.Chat());
        Assert.InRange(clock.Elapsed.TotalMilliseconds, 290, 10_000);
        Assert.True(response.IsSuccessStatusCode);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Client_ThatLeavesAnAnswer_EndsItAtOnce(bool stream)
    {
        await using var simulator = await Simulator.StartAsync();
        await simulator.PlanAsync("\"tokens\":1000,\"interTokenMs\":50");
        using (await SendAsync(simulator, Simulator.Chat(stream: stream)))
        {
            await Eventually.TrueAsync(async () => await simulator.StatsAsync() is { InFlight: 1, PromptTokens: > 0 }, "the answer is under way");
        }

        var clock = Stopwatch.StartNew();
        await Eventually.TrueAsync(async () => await simulator.StatsAsync() is { InFlight: 0, Cancelled: 1 }, "the host has noticed");
        Assert.InRange(clock.Elapsed.TotalMilliseconds, 0, 5_000);
        var stats = await simulator.StatsAsync();
        Assert.Equal(1, stats.Outcomes["cancelled"]);
        Assert.InRange(stats.TokensSent, 0, 500);
    }

    [Fact]
    public async Task Stop_DoesNotWaitForAHang()
    {
        var simulator = await Simulator.StartAsync();
        await simulator.FaultAsync("hang");
        using var socket = await SendAsync(simulator, Simulator.Chat());
        await Eventually.TrueAsync(async () => (await simulator.StatsAsync()).InFlight == 1, "the request hangs");
        var clock = Stopwatch.StartNew();
        await simulator.DisposeAsync();
        Assert.InRange(clock.Elapsed.TotalSeconds, 0, 5);
    }

    private static async Task<Socket> SendAsync(Simulator simulator, string body)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(simulator.Address.Host, simulator.Address.Port, TestContext.Current.CancellationToken);
        await socket.SendAsync(WireAnswer.Request(simulator.Address, Path, body), TestContext.Current.CancellationToken);
        return socket;
    }

    private static string Available(Socket socket)
    {
        var buffer = new byte[socket.Available];
        return Encoding.UTF8.GetString(buffer, 0, buffer.Length == 0 ? 0 : socket.Receive(buffer));
    }
}
