using System.Globalization;
using System.Text.Json;
using Morgan.LlmSimulator.Answers;
using Morgan.LlmSimulator.Control;
using Morgan.LlmSimulator.Plan;
using Morgan.LlmSimulator.Relay;
using Morgan.LlmSimulator.Requests;
using Morgan.ServiceDefaults.Errors;

namespace Morgan.LlmSimulator.Api;

/// <summary>A request's way: read, fault before the answer, wait for a slot, compose, send.</summary>
internal sealed class RequestPipeline(
    Simulation simulation, EventStream stream, WholeAnswer whole, TimeProvider time, IHostApplicationLifetime lifetime)
{
    private static readonly OpenAiError Overloaded =
        OpenAiError.Overloaded("Too many requests are waiting for this host already.", TimeSpan.FromSeconds(1));

    /// <summary>Answers a request and counts how it ended.</summary>
    public async Task RunAsync(HttpContext context, Func<JsonElement, HostRequest> read)
    {
        string outcome = "ok";
        bool cancelled = false;
        simulation.Stats.Begin();
        await using var end = time.CreateTimer(static context => ((HttpContext)context!).Abort(), context, Wire.LongestExchange, Timeout.InfiniteTimeSpan);
        try
        {
            var request = await ReadAsync(context, read);
            var run = simulation.Run;
            long place = run.NextRequest();
            var fault = run.FaultFor(place, request.Stream);
            outcome = fault?.Kind ?? outcome;
            if (!await HeadFaults.TryApplyAsync(context, fault) && !await AnswerAsync(context, request, run, place, fault))
            {
                outcome = "overloaded";
            }
        }
        catch (BadRequestException bad)
        {
            outcome = "invalid";
            await bad.Error.WriteAsync(context);
        }
        catch (Exception e) when (context.RequestAborted.IsCancellationRequested || e is IOException)
        {
            // The client has left: whatever it was that noticed it first, cancellation or a broken read.
            cancelled = true;
            outcome = outcome == "ok" ? "cancelled" : outcome;
        }
        finally
        {
            simulation.Stats.End(outcome, cancelled);
        }
    }

    private async Task<HostRequest> ReadAsync(HttpContext context, Func<JsonElement, HostRequest> read)
    {
        using var body = await RequestBody.ReadAsync(context, context.RequestAborted);
        HostRequest request;
        try
        {
            request = read(body.RootElement);
        }
        catch (InvalidOperationException)
        {
            // A lone surrogate ("\ud83d") is valid JSON but no text.
            throw BadRequestException.InvalidJson("The body has a string that is not valid Unicode.");
        }

        return simulation.Models.Contains(request.Model, StringComparer.Ordinal)
            ? request
            : throw new BadRequestException(OpenAiError.ModelNotFound(
                $"The model '{request.Model}' does not exist here; this host serves {string.Join(", ", simulation.Models)}."));
    }

    /// <summary>Generates and sends. False if too many wait already and the client was told so.</summary>
    private async Task<bool> AnswerAsync(HttpContext context, HostRequest request, PlanRun run, long place, Fault? fault)
    {
        using var slot = await run.TakeSlotAsync(context.RequestAborted);
        if (slot is { IsAcquired: false })
        {
            await Overloaded.WriteAsync(context);
            return false;
        }

        WriteRateLimit(context.Response, run);
        if (fault?.Kind == FaultKinds.Hang)
        {
            await Wire.HangAsync(context, lifetime.ApplicationStopping);
            return true;
        }

        if (fault?.Kind == FaultKinds.SlowHeaders)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(fault.DelayMs), time, context.RequestAborted);
        }

        var reply = request.Compose(new ReplyContext(
            simulation.Name, run, place, fault, time.GetUtcNow().ToUnixTimeSeconds(), simulation.Memory));
        simulation.Stats.AddPromptTokens(reply.PromptTokens);
        var exchange = new Exchange(context, reply, fault, new Pacer(run.Plan, Chance.Mix(run.Seed, (ulong)place), time));
        await (request.Stream ? stream.SendAsync(exchange) : whole.SendAsync(exchange));
        return true;
    }

    private static void WriteRateLimit(HttpResponse response, PlanRun run)
    {
        if (run.FreeSlots is { } free)
        {
            response.Headers["x-ratelimit-limit-requests"] = run.Plan.MaxConcurrent.ToString(CultureInfo.InvariantCulture);
            response.Headers["x-ratelimit-remaining-requests"] = free.ToString(CultureInfo.InvariantCulture);
        }
    }
}
