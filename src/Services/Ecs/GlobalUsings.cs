// Names that the API's shapes share with others: everywhere in this service they mean these.
global using KeyValuePair = Fogbank.Contracts.Ecs.KeyValuePair;
global using Scope = Fogbank.Kernel.Scope;
global using Task = System.Threading.Tasks.Task;
global using TaskStatus = Fogbank.Services.Ecs.Domain.TaskStatus;
