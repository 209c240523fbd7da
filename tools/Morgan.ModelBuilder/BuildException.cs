namespace Morgan.ModelBuilder;

/// <summary>The model cannot be built, for a reason that a person can act on; the message is all they are shown.</summary>
internal sealed class BuildException(string message, Exception? cause = null) : Exception(message, cause);
