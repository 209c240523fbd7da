using Aspire.Hosting.ApplicationModel;
using Morgan.Hosting.Dashboard.Contract;
using Morgan.Hosting.Running;

namespace Morgan.Hosting.Dashboard;

/// <summary>Makes the dashboard's messages of what can be done with a resource.</summary>
internal static class CommandMessages
{
    public static IEnumerable<ResourceCommand> Of(IResource resource, string? state)
    {
        if (!Replica.RunsAsProcess(resource))
        {
            yield break;
        }

        var (running, ended) = (state == KnownResourceStates.Running, KnownResourceStates.TerminalStates.Contains(state));
        yield return Command("start", "Start", "Play", ended ? CommandState.Enabled : CommandState.Hidden);
        yield return Command("stop", "Stop", "Stop", running ? CommandState.Enabled : ended ? CommandState.Hidden : CommandState.Disabled);
        yield return Command("restart", "Restart", "ArrowCounterclockwise", running ? CommandState.Enabled : CommandState.Disabled);
        foreach (var own in resource.Annotations.OfType<HttpCommandAnnotation>())
        {
            yield return Own(own, running ? CommandState.Enabled : CommandState.Disabled);
        }
    }

    private static ResourceCommand Own(HttpCommandAnnotation command, CommandState state)
    {
        var message = new ResourceCommand { Name = command.Name, DisplayName = command.DisplayName, State = state, IsHighlighted = command.Options.IsHighlighted };
        if (command.Options.IconName is { } icon)
        {
            message.IconName = icon;
        }

        if (command.Options.ConfirmationMessage is { } question)
        {
            message.ConfirmationMessage = question;
        }

        if (command.Options.Description is { } description)
        {
            message.DisplayDescription = description;
        }

        return message;
    }

    private static ResourceCommand Command(string name, string displayName, string icon, CommandState state) =>
        new() { Name = name, DisplayName = displayName, IconName = icon, State = state, IsHighlighted = name != "restart" };
}
