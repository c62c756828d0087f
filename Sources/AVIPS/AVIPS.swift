// The libraries of the project under one name: `import AVIPS` gives robots, collisions, plans, mixtures, models, training, evaluation and figures.

@_exported import Baselines
@_exported import Collision
@_exported import ConditionalInference
@_exported import ConditionalModels
@_exported import Evaluation
@_exported import Experiments
@_exported import Expressions
@_exported import Figures
@_exported import Files
@_exported import Kinematics
@_exported import LinearAlgebra
@_exported import Mixtures
@_exported import ModelFiles
@_exported import ModelTraining
@_exported import Networks
@_exported import Numerics
@_exported import Planning
@_exported import RobotModels
@_exported import SolutionSets
@_exported import VariationalInference
@_exported import Views
