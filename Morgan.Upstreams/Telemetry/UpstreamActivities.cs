using System.Diagnostics;
using Morgan.Upstreams.Attempts;

namespace Morgan.Upstreams.Telemetry;

/// <summary>The activity source <c>Morgan.Upstreams</c>: one span an attempt, with what was decided and why.</summary>
internal static class UpstreamActivities
{
    private static readonly ActivitySource Source = new(UpstreamMetrics.Name);

    public static Activity? Start(in AttemptInfo attempt)
    {
        if (!Source.HasListeners())
        {
            return null;
        }

        var activity = Source.StartActivity("attempt", ActivityKind.Client);
        if (activity is { IsAllDataRequested: true })
        {
            activity.DisplayName = $"attempt {attempt.Host.Name}";
            activity.SetTag(Tags.Host, attempt.Host.Name);
            activity.SetTag(Tags.Attempt, attempt.Number);
            activity.SetTag(Tags.Cause, Words.Of(attempt.Cause));
            activity.SetTag(Tags.Strategy, attempt.Host.Settings.Strategy);
            activity.SetTag(Tags.Circuit, Words.Of(attempt.Host.State.Breaker.State));
            activity.SetTag(Tags.Address, attempt.Host.Address.Host);
            activity.SetTag(Tags.Port, attempt.Host.Port);
        }

        return activity;
    }

    /// <summary>What is sent; a query can hold what is not for everybody.</summary>
    public static void Sent(Activity? activity, HttpRequestMessage request)
    {
        if (activity is { IsAllDataRequested: true })
        {
            activity.SetTag(Tags.Method, request.Method.Method);
            activity.SetTag(Tags.Url, request.RequestUri?.GetLeftPart(UriPartial.Path));
        }
    }

    public static void Decided(Activity? activity, AttemptOutcome outcome)
    {
        if (activity is not { IsAllDataRequested: true })
        {
            return;
        }

        activity.SetTag(Tags.Outcome, Words.Of(outcome.Kind));
        if (outcome.Status is { } status)
        {
            activity.SetTag(Tags.StatusCode, (int)status);
        }

        if (Words.ErrorType(outcome) is { } error)
        {
            activity.SetTag(Tags.ErrorType, error);
            activity.SetStatus(ActivityStatusCode.Error);
        }
    }

    /// <summary>A wait, as an event of the request's own span.</summary>
    public static void Waited(WaitReason reason, TimeSpan time)
    {
        if (Activity.Current is { IsAllDataRequested: true } activity && Source.HasListeners())
        {
            activity.AddEvent(new ActivityEvent("morgan.wait", tags: new ActivityTagsCollection
            {
                { Tags.WaitReason, Words.Of(reason) },
                { "morgan.wait.seconds", time.TotalSeconds },
            }));
        }
    }
}
