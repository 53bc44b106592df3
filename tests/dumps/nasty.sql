-- A schema with everything that makes dumps hard to read.
SET NAMES utf8mb4;
CREATE TABLE `parent` (
  `id` bigint unsigned NOT NULL AUTO_INCREMENT,
  `region` char(2) NOT NULL,
  `name` varchar(60) NOT NULL,
  `boss` bigint unsigned DEFAULT NULL,
  PRIMARY KEY (`id`, `region`), UNIQUE KEY `one` (`id`), KEY `boss` (`boss`),
  CONSTRAINT `self` FOREIGN KEY (`boss`) REFERENCES `parent` (`id`) ON DELETE SET NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
CREATE TABLE `we``ird name` (
  `id` int NOT NULL AUTO_INCREMENT,
  `parent_id` bigint unsigned NOT NULL,
  `region` char(2) NOT NULL,
  `e mail` varchar(120) CHARACTER SET latin1 NOT NULL,
  `full (name)` varchar(80) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT NULL COMMENT 'it''s; -- (a, "comment" \\ /*',
  `lower_name` varchar(80) GENERATED ALWAYS AS (lower(`full (name)`)) STORED,
  `length_of` int GENERATED ALWAYS AS (char_length(`full (name)`)) VIRTUAL,
  `ti` tinyint DEFAULT NULL, `sm` smallint unsigned DEFAULT NULL, `me` mediumint DEFAULT NULL,
  `bi` bigint DEFAULT NULL, `ub` bigint unsigned DEFAULT NULL,
  `de` decimal(30,10) DEFAULT NULL, `fl` float DEFAULT NULL, `dbl` double DEFAULT NULL,
  `da` date DEFAULT NULL, `dt` datetime(6) DEFAULT NULL, `ts` timestamp(3) NULL DEFAULT NULL, `tm` time(2) DEFAULT NULL,
  `ye` year DEFAULT NULL, `en` enum('a','b;','c''d','(e)') DEFAULT NULL, `st` set('x','y','z w') DEFAULT NULL,
  `bt` bit(10) DEFAULT NULL, `bn` binary(16) DEFAULT NULL, `vb` varbinary(300) DEFAULT NULL, `bl` mediumblob DEFAULT NULL,
  `tx` mediumtext DEFAULT NULL, `js` longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT NULL CHECK (json_valid(`js`)),
  `pt` point NOT NULL, `ge` geometry DEFAULT NULL,
  `hidden` varchar(20) DEFAULT 'h' INVISIBLE,
  PRIMARY KEY (`id`), UNIQUE KEY `mail` (`e mail`),
  KEY `composite` (`parent_id`,`region`), KEY `part` (`tx`(20)), SPATIAL KEY `sp` (`pt`), FULLTEXT KEY `ft` (`tx`),
  CONSTRAINT `both` FOREIGN KEY (`parent_id`,`region`) REFERENCES `parent` (`id`,`region`) ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT `positive` CHECK (`sm` >= 0)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
CREATE TABLE `latin` (`k` int NOT NULL, `t` varchar(50) DEFAULT NULL, PRIMARY KEY (`k`)) ENGINE=InnoDB DEFAULT CHARSET=latin1;
CREATE TABLE `cognito_users` (`sub` char(36) NOT NULL, `mail` varchar(200) NOT NULL, PRIMARY KEY (`sub`)) DEFAULT CHARSET=utf8mb4;
CREATE TABLE `gone` (`x` int NOT NULL) DEFAULT CHARSET=utf8mb4;
CREATE TABLE `counted` (`n` int NOT NULL) DEFAULT CHARSET=utf8mb4;
INSERT INTO `parent` VALUES (1,'de','Anna Müller-Lüdenscheidt',NULL),(2,'fr','Jean-Baptiste Poquelin',1),(70000,'de','Marta Ek',2);
INSERT INTO `latin` VALUES (1,'Zoë Brontë €'),(2,''),(3,NULL),(4,'it''s \\ "quoted"\n\ttab');
INSERT INTO `cognito_users` VALUES ('11111111-2222-4333-8444-555555555555','cognito.person@real-company.de');
INSERT INTO `gone` VALUES (42);
INSERT INTO `counted` VALUES (0);
CREATE VIEW `people` AS SELECT `id`, `e mail` AS `mail`, concat('it''s; ', `full (name)`) AS `who` FROM `we``ird name`;
CREATE VIEW `people_too` AS SELECT * FROM `people` WHERE `id` > 1;
DELIMITER ;;
CREATE TRIGGER `tick` AFTER INSERT ON `we``ird name` FOR EACH ROW BEGIN
  -- a comment; with 'quotes
  UPDATE `counted` SET n = n + 1; /* ; */ SET @said = 'a;;b';
END;;
CREATE PROCEDURE `how_many`(OUT found INT) COMMENT 'counts; all' BEGIN SELECT count(*) INTO found FROM `people`; END;;
CREATE FUNCTION `twice`(x INT) RETURNS INT DETERMINISTIC RETURN x * 2;;
CREATE EVENT `nightly` ON SCHEDULE EVERY 1 DAY DO BEGIN UPDATE `counted` SET n = 0; END;;
DELIMITER ;
