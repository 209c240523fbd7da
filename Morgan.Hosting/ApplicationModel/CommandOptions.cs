namespace Aspire.Hosting.ApplicationModel;

/// <summary>How a command of a resource is shown.</summary>
public class CommandOptions
{
    /// <summary>What it does, in a sentence.</summary>
    public string? Description { get; set; }

    /// <summary>The question that is asked before it is carried out; null: none.</summary>
    public string? ConfirmationMessage { get; set; }

    /// <summary>The name of a Fluent UI icon.</summary>
    public string? IconName { get; set; }

    /// <summary>Whether it is a button of its own, not an entry of the menu [false].</summary>
    public bool IsHighlighted { get; set; }
}
