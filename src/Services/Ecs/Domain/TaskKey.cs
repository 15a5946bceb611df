
namespace Fogbank.Services.Ecs.Domain;

/// <summary>Names one task.</summary>
/// <param name="Scope">Whose it is.</param>
/// <param name="Cluster">Its cluster.</param>
/// <param name="Id">32 hexadecimal digits.</param>
internal readonly record struct TaskKey(Scope Scope, string Cluster, string Id)
{
    internal string Arn => EcsArn.Task(Scope, Cluster, Id);
}
