namespace Aspire.Hosting.ApplicationModel;

/// <summary>A part of the application: a project, a container, a parameter, a connection string.</summary>
public interface IResource
{
    /// <summary>The name, unique in the application and used in service discovery.</summary>
    string Name { get; }

    /// <summary>What the builder methods have said about this resource.</summary>
    ResourceAnnotationCollection Annotations { get; }
}
