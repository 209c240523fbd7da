using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Morgan.Benchmarks.Load;
using Morgan.Benchmarks.Reporting;

namespace Morgan.Benchmarks.Cache;

/// <summary>Texts whose vectors are in the process, against a bare endpoint that returns the same bytes.</summary>
internal sealed class HitSuite : ISuite
{
    private const int Repetitions = 9;
    private const int Clients = 16;
    private const int Requests = 20_000;
    private const int WarmUpRequests = 30_000;

    public string Name => "hits";

    public string Section => "Embeddings";

    public string Title => "Vectors from the cache of the process";

    public string About =>
        $"{Requests:N0} requests a repetition for one text in base64, whose vector is in the cache of the process, from {Clients} clients, against Kestrel with one handler that reads the request and returns the same bytes. "
        + "Clients and servers share the machine.";

    public async Task<SuiteFindings> MeasureAsync(BenchmarkOptions options, CancellationToken cancellationToken)
    {
        byte[][] requests = [RawConnection.Post("/v1/embeddings", JsonSerializer.Serialize(
            new { model = "use-lite", encoding_format = "base64", input = "A man is playing a guitar in the kitchen." }))];
        await using var service = await LocalApp.EmbeddingAsync(cancellationToken);
        using var serviceLoad = await RequestLoad.OpenAsync(service.Address, Clients, cancellationToken);
        var answer = await serviceLoad.AnswerAsync(requests[0], cancellationToken);
        await using var bare = await LocalApp.BareAsync(app => app.Run(context => AnswerAsync(context, answer)), cancellationToken);
        using var bareLoad = await RequestLoad.OpenAsync(bare.Address, Clients, cancellationToken);
        var bareAnswer = await bareLoad.AnswerAsync(requests[0], cancellationToken);
        if (!bareAnswer.AsSpan().SequenceEqual(answer))
        {
            throw new BenchmarkException("the two endpoints do not return the same bytes");
        }

        await serviceLoad.SendAsync(requests, WarmUpRequests, cancellationToken);
        await bareLoad.SendAsync(requests, WarmUpRequests, cancellationToken);
        var (serviceCpu, bareCpu) = (new List<double>(Repetitions), new List<double>(Repetitions));
        var (ours, others) = await Pairs.MeasureAsync(
            Repetitions,
            () => MeasureAsync(serviceLoad, requests, serviceCpu, cancellationToken),
            () => MeasureAsync(bareLoad, requests, bareCpu, cancellationToken));
        return new SuiteFindings(
            [
                Measurement.Ratio("requests/s", Goal.AtLeast(0.7), ours, "service", others, "bare Kestrel"),
                Measurement.Ratio("bare over service: CPU time of client and server, µs/request", null, bareCpu, "bare Kestrel", serviceCpu, "service"),
            ],
            new Dictionary<string, string>());
    }

    // The CPU time, unlike the speed, is much the same on a machine that others use too.
    private static async Task<double> MeasureAsync(RequestLoad load, byte[][] requests, List<double> cpu, CancellationToken cancellationToken)
    {
        var before = Environment.CpuUsage.TotalTime;
        var rate = await Pairs.PerSecondAsync(Requests, () => load.SendAsync(requests, Requests, cancellationToken));
        cpu.Add((Environment.CpuUsage.TotalTime - before).TotalMicroseconds / Requests);
        return rate;
    }

    private static async Task AnswerAsync(HttpContext context, byte[] answer)
    {
        while (true)
        {
            var read = await context.Request.BodyReader.ReadAsync(context.RequestAborted);
            context.Request.BodyReader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                break;
            }
        }

        context.Response.ContentType = "application/json";
        context.Response.ContentLength = answer.Length;
        await context.Response.BodyWriter.WriteAsync(answer, context.RequestAborted);
    }
}
